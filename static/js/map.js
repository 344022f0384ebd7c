/* The map: kelurahan as numbered bubbles from afar, shops as points from near. Colours and sizes are
   the style sheet's; what the map says is in the page's list, too. */
"use strict";

(() => {
  const SHOPS_FROM_ZOOM = 15;
  const NAMES_FROM_ZOOM = 13;
  const frame = document.querySelector("[data-map-frame]");
  const box = document.querySelector("[data-map]");
  if (!frame || !box || !window.L) return;
  const L = window.L;
  const said = box.dataset;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  fetch(said.shops)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
    .then(show)
    .catch(() => {
      frame.hidden = true; // the list below says the same
    });

  function show(city) {
    if (!city.places.length) return;
    frame.hidden = false;
    const map = L.map(box, {
      zoomControl: false,
      scrollWheelZoom: false,
      zoomAnimation: !still,
      fadeAnimation: !still,
      markerZoomAnimation: !still,
      maxZoom: 18,
      minZoom: 10,
      zoomSnap: 0.5,
    });
    map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: said.closer, zoomOutTitle: said.farther }).addTo(map);
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", said.label);
    // A wheel scrolls the page until the map was touched.
    map.on("focus click", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());

    if (said.tiles) L.tileLayer(said.tiles, { attribution: said.attribution }).addTo(map);
    drawGround(map, city);

    const places = city.places.map(([code, name, latitude, longitude]) => ({
      code,
      name,
      at: L.latLng(latitude, longitude),
      shops: [],
    }));
    city.shops.forEach(([place, name, slug, latitude, longitude, rough]) => {
      const at = L.latLng(latitude, longitude);
      places[place].shops.push({ name, slug, at, rough, place: places[place].name });
    });
    map.fitBounds(L.latLngBounds(places.map((place) => place.at)), { padding: [20, 20] });

    const layer = L.layerGroup().addTo(map);
    const bubbles = places.filter((place) => place.shops.length).map((place) => bubble(map, place));
    const names = places.map((place) => ({ at: place.at, words: words("map-place-name", place.name, place.at) }));
    const points = new Map();
    const draw = () => {
      const zoom = map.getZoom();
      box.classList.toggle("map--near", zoom >= NAMES_FROM_ZOOM);
      if (zoom < SHOPS_FROM_ZOOM) return fill(layer, bubbles);
      const inView = map.getBounds().pad(0.2);
      const shown = places
        .flatMap((place) => place.shops)
        .filter((shop) => inView.contains(shop.at))
        .map((shop) => {
          if (!points.has(shop)) points.set(shop, point(shop, city.base));
          return points.get(shop);
        });
      const named = names.filter((name) => inView.contains(name.at)).map((name) => name.words);
      return fill(layer, [...shown, ...named]);
    };
    map.on("zoomend moveend", draw);
    draw();
    goTo(map, places);
  }

  /* Keeps what stays: a point whose words are open, or that has the focus, is not drawn anew. */
  function fill(layer, markers) {
    const wanted = new Set(markers);
    layer.eachLayer((marker) => wanted.has(marker) || layer.removeLayer(marker));
    markers.forEach((marker) => layer.hasLayer(marker) || layer.addLayer(marker));
  }

  function drawGround(map, city) {
    const ground = { interactive: false, className: "map-area-shape" };
    city.areas.forEach(([name, hull], number) => {
      if (!said.outlines && hull.length > 2) {
        L.polygon(hull, { ...ground, className: `map-area-shape map-area-shape--${number % 6}` }).addTo(map);
      }
      words("map-area-name", name, L.latLngBounds(hull).getCenter()).addTo(map);
    });
    if (!said.outlines) return;
    fetch(said.outlines)
      .then((answer) => answer.json())
      .then((shapes) => L.geoJSON(shapes, { interactive: false, style: () => ground }).addTo(map))
      .catch(() => {});
  }

  /* A name on the ground, which nobody presses. */
  function words(className, name, at) {
    const icon = L.divIcon({ className, html: text("span", name), iconSize: [0, 0] });
    return L.marker(at, { icon, interactive: false, keyboard: false, zIndexOffset: 1000 });
  }

  function bubble(map, place) {
    const count = place.shops.length;
    const face = document.createElement("span");
    face.className = `map-bubble map-bubble--${count < 5 ? "s" : count < 12 ? "m" : "l"}`;
    face.append(text("span", count, "map-bubble__count"), text("span", place.name, "map-bubble__name"));
    const icon = L.divIcon({ className: "map-bubble-box", html: face, iconSize: [32, 32] });
    const marker = L.marker(place.at, { icon, keyboard: true });
    named(marker, `${place.name}, ${said.count}: ${count}`);
    const comeCloser = () => {
      map.setView(place.at, SHOPS_FROM_ZOOM, { animate: !still });
      box.focus({ preventScroll: true });
    };
    marker.on("click", comeCloser);
    marker.on("keydown", (event) => event.originalEvent.key === "Enter" && comeCloser());
    return marker;
  }

  function point(shop, base) {
    const face = text("span", "", shop.rough ? "map-point map-point--rough" : "map-point");
    const icon = L.divIcon({ className: "map-point-box", html: face, iconSize: [32, 32], popupAnchor: [0, -8] });
    const marker = L.marker(shop.at, { icon, keyboard: true, riseOnHover: true });
    named(marker, `${shop.name}, ${shop.place}`);
    return marker.bindPopup(() => card(shop, base), { closeButton: true, autoPanPaddingTopLeft: [64, 16], autoPanPaddingBottomRight: [16, 16] });
  }

  function card(shop, base) {
    const box = document.createElement("div");
    const link = text("a", shop.name, "map-card__name");
    link.href = `${base}${shop.slug}/`;
    box.append(link, text("p", shop.place));
    if (shop.rough) box.append(text("p", said.rough, "soft"));
    return box;
  }

  /* What a reader who does not see the map is told of a point. */
  function named(marker, label) {
    marker.on("add", () => marker.getElement().setAttribute("aria-label", label));
    marker.on("popupopen", (event) => {
      const close = event.popup.getElement().querySelector(".leaflet-popup-close-button");
      if (close) close.setAttribute("aria-label", said.close);
      event.popup.getElement().querySelector(".map-card__name").focus({ preventScroll: true });
    });
  }

  /* /peta/#35.73.02.1006 begins at that kelurahan. */
  function goTo(map, places) {
    const asked = places.find((place) => place.code === decodeURIComponent(location.hash.slice(1)));
    if (asked) map.setView(asked.at, SHOPS_FROM_ZOOM, { animate: false });
  }

  function text(tag, content, className) {
    const element = document.createElement(tag);
    element.textContent = content;
    if (className) element.className = className;
    return element;
  }
})();
