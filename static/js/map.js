/* The map: kelurahan as numbered bubbles from afar, shops as points from near. Colours and sizes are
   the style sheet's; what the map says is in the page's list, too. */
"use strict";

(() => {
  const SHOPS_FROM_ZOOM = 15;
  const NAMES_FROM_ZOOM = 13;
  const BOX = 32; // pixels: as large as a point or a bubble is to a finger
  const APART = BOX + 2;
  const STEP = 8; // pixels between the places that are tried for a name
  const FARTHEST = 25; // steps
  const WAYS = 16;
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
      zoomSnap: 0.25,
    });
    map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: said.closer, zoomOutTitle: said.farther }).addTo(map);
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", said.label);
    // A wheel scrolls the page until the map was touched.
    map.on("focus click", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());

    if (said.tiles) L.tileLayer(said.tiles, { attribution: said.attribution }).addTo(map);
    const areas = drawGround(map, city);

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
    const names = places.map((place) => words("map-place-name", place.name, place.at));
    const levels = new Map();
    const draw = () => {
      const zoom = map.getZoom();
      const near = zoom >= SHOPS_FROM_ZOOM;
      box.classList.toggle("map--near", zoom >= NAMES_FROM_ZOOM);
      if (!levels.has(zoom)) levels.set(zoom, markersAt(map, places, zoom, city.base));
      const inView = map.getBounds().pad(0.2);
      const all = near ? [...levels.get(zoom), ...names] : levels.get(zoom);
      fill(layer, all.filter((marker) => inView.contains(marker.getLatLng())));
      if (zoom < NAMES_FROM_ZOOM) putNames(map, areas, levels.get(zoom));
      else thinNames();
    };
    map.on("zoomend moveend", draw);
    map.on("popupopen", opened);
    draw();
    goTo(map, places);
  }

  /* Keeps what stays: a point whose words are open, or that has the focus, is not drawn anew. */
  function fill(layer, markers) {
    const wanted = new Set(markers);
    layer.eachLayer((marker) => wanted.has(marker) || layer.removeLayer(marker));
    markers.forEach((marker) => layer.hasLayer(marker) || layer.addLayer(marker));
  }

  /* Draws the kecamatan and answers with their names: the marker, and the middle it belongs to. */
  function drawGround(map, city) {
    const ground = { interactive: false, className: "map-area-shape" };
    if (said.outlines) {
      fetch(said.outlines)
        .then((answer) => answer.json())
        .then((shapes) => L.geoJSON(shapes, { interactive: false, style: () => ground }).addTo(map))
        .catch(() => {});
    }
    return city.areas.map(([name, hull], number) => {
      const colour = said.outlines ? "" : ` map-area-name--${number % 6}`;
      if (!said.outlines && hull.length > 2) {
        L.polygon(hull, { ...ground, className: `map-area-shape map-area-shape--${number % 6}` }).addTo(map);
      }
      const middle = L.latLngBounds(hull).getCenter();
      return { middle, marker: words(`map-area-name${colour}`, name, middle).addTo(map) };
    });
  }

  /* Each name as near the middle of its area as it covers no bubble and no other name. */
  function putNames(map, areas, bubbles) {
    const frame = box.getBoundingClientRect();
    const taken = bubbles.map((bubble) => around(map.latLngToContainerPoint(bubble.getLatLng()), L.point(BOX, BOX)));
    box.querySelectorAll(".leaflet-control").forEach((control) => {
      const { left, top, right, bottom } = control.getBoundingClientRect();
      taken.push(L.bounds([left - frame.left, top - frame.top], [right - frame.left, bottom - frame.top]));
    });
    const whole = L.bounds([0, 0], map.getSize());
    areas.forEach(({ middle, marker }) => {
      const { offsetWidth, offsetHeight } = marker.getElement().firstChild;
      const size = L.point(offsetWidth, offsetHeight);
      const at = map.latLngToContainerPoint(middle);
      const free = (spot) => {
        const room = around(spot, size);
        return (whole.contains(room) || !whole.contains(at)) && !taken.some((other) => other.overlaps(room));
      };
      const spot = spotsAround(at).find(free) || at;
      taken.push(around(spot, size));
      marker.setLatLng(map.containerPointToLatLng(spot));
    });
  }

  /* A bubble's name that would cover another bubble or name is left out until one comes closer. */
  function thinNames() {
    const counts = [...box.querySelectorAll(".map-bubble__count")];
    const taken = counts.map((count) => ({ of: count.parentElement, room: onScreen(count) }));
    box.querySelectorAll(".map-bubble__name").forEach((name) => {
      const room = onScreen(name);
      const covers = taken.some((other) => other.of !== name.parentElement && other.room.overlaps(room));
      name.classList.toggle("map-bubble__name--left-out", covers);
      if (!covers) taken.push({ of: name.parentElement, room });
    });
  }

  function onScreen(element) {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return L.bounds([left, top], [right, bottom]);
  }

  function around(middle, size) {
    const half = size.divideBy(2);
    return L.bounds(middle.subtract(half), middle.add(half));
  }

  /* A point and what lies around it, the nearest first. */
  function spotsAround(middle) {
    const spots = [middle];
    for (let step = 1; step <= FARTHEST; step += 1) {
      for (let way = 0; way < WAYS; way += 1) {
        const angle = (2 * Math.PI * way) / WAYS;
        spots.push(middle.add(L.point(Math.cos(angle), Math.sin(angle)).multiplyBy(step * STEP)));
      }
    }
    return spots;
  }

  /* A name on the ground, which nobody presses. */
  function words(className, name, at) {
    const icon = L.divIcon({ className, html: text("span", name), iconSize: [0, 0] });
    return L.marker(at, { icon, interactive: false, keyboard: false, zIndexOffset: 1000 });
  }

  /* The kelurahan from afar, the shops from near; what would overlap on the screen is one bubble. */
  function markersAt(map, places, zoom, base) {
    const things = zoom < SHOPS_FROM_ZOOM ? places.filter((place) => place.shops.length) : places.flatMap((place) => place.shops);
    return clusters(map, things, zoom).map((members) =>
      members.length === 1 && !members[0].shops ? point(members[0], base) : bubble(map, members, base)
    );
  }

  function clusters(map, things, zoom) {
    const found = [];
    things.forEach((thing) => {
      const at = map.project(thing.at, zoom);
      const near = found.find((cluster) => cluster.at.distanceTo(at) < APART);
      if (near) near.members.push(thing);
      else found.push({ at, members: [thing] });
    });
    return found.map((cluster) => cluster.members);
  }

  function bubble(map, members, base) {
    const shops = members.flatMap((member) => member.shops || [member]);
    const name = members[0].shops ? members[0].name : members[0].place;
    const more = members[0].shops && members.length > 1 ? ` +${members.length - 1}` : "";
    const size = shops.length < 5 ? "s" : shops.length < 12 ? "m" : "l";
    const face = document.createElement("span");
    face.className = `map-bubble map-bubble--${size}`;
    face.append(text("span", shops.length, "map-bubble__count"), text("span", name + more, "map-bubble__name"));
    const icon = L.divIcon({ className: "map-bubble-box", html: face, iconSize: [BOX, BOX] });
    const marker = L.marker(members[0].at, { icon, keyboard: true });
    named(marker, `${name}${more}, ${said.count}: ${shops.length}`);
    const comeCloser = () => {
      if (map.getZoom() === map.getMaxZoom()) return list(map, marker, shops, base);
      map.setView(...closer(map, members, shops), { animate: !still });
      return box.focus({ preventScroll: true });
    };
    marker.on("click", comeCloser);
    marker.on("keydown", ({ originalEvent: event }) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // else what gets the focus is pressed as well
      comeCloser();
    });
    return marker;
  }

  /* Where the shops of a bubble fill the map, at least one step nearer; a kelurahan alone shows its shops. */
  function closer(map, members, shops) {
    const bounds = L.latLngBounds(shops.map((shop) => shop.at));
    const fitting = map.getBoundsZoom(bounds, false, L.point(24, 24));
    const least = members[0].shops && members.length === 1 ? SHOPS_FROM_ZOOM : map.getZoom() + 1;
    const most = members[0].shops ? SHOPS_FROM_ZOOM + 1 : map.getMaxZoom();
    return [bounds.getCenter(), Math.min(Math.max(fitting, least), most)];
  }

  /* As near as one can come, and still on one spot: all of them by name. */
  function list(map, marker, shops, base) {
    const cards = document.createElement("div");
    cards.append(...shops.map((shop) => card(shop, base)));
    L.popup({ maxHeight: 240 }).setLatLng(marker.getLatLng()).setContent(cards).openOn(map);
  }

  function point(shop, base) {
    const face = text("span", "", shop.rough ? "map-point map-point--rough" : "map-point");
    const icon = L.divIcon({ className: "map-point-box", html: face, iconSize: [BOX, BOX], popupAnchor: [0, -8] });
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
  }

  function opened(event) {
    const popup = event.popup.getElement();
    popup.querySelector(".leaflet-popup-close-button").setAttribute("aria-label", said.close);
    popup.querySelector(".map-card__name").focus({ preventScroll: true });
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
