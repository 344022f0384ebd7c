"""What is eaten and drunk: dishes, snacks, drinks, groceries, feasts."""

from demo.pictures import props, workshop
from demo.pictures.brush import Brush, around, darker, lighter

BROTH = "#e2b35a"
RAWON = "#4a2f24"
COFFEE = "#4b2e20"


def bakso(brush: Brush) -> None:
    """Meatballs in broth, noodles, greens, sambal beside it."""
    brush.window_light()
    props.napkin(brush, 1010, 640, 420, -18, "#b3321f")
    x, y, r = 560, 410, 330
    props.bowl(brush, x, y, r, BROTH)
    for index in range(9):
        brush.arc(x - 70, y + 40, 210 - index * 17, (95 + index * 7, 235), 9, "#f6dc93")
    for turn, reach, size in ((-60, 150, 74), (0, 120, 82), (70, 150, 70), (190, 60, 66)):
        ball = around(x + 20, y - 10, reach, turn)
        brush.disc(ball[0] + 6, ball[1] + 10, size, darker(BROTH, 0.22))
        brush.disc(*ball, size, "#a97a5b")
        brush.disc(ball[0] - size * 0.28, ball[1] - size * 0.3, size * 0.34, "#c39a7b")
    _greens(brush, x - 60, y - 170, 8)
    props.bowl(brush, 1010, 250, 120, "#c8371f", "#e9eef2")
    props.chilies(brush, 905, 480, 130)


def pecel(brush: Brush) -> None:
    """Rice, greens and peanut sauce on a banana leaf."""
    brush.window_light()
    props.plate(brush, 620, 400, 350)
    props.banana_leaf(brush, 620, 400, 470, 330, -12)
    for x, y, r in ((500, 330, 118), (560, 380, 90), (450, 390, 84)):
        brush.blob(x, y, r, "#fffaf0", rough=0.05)
    brush.blob(500, 320, 70, "#f3ead9", rough=0.07)
    _greens(brush, 730, 300, 14)
    brush.blob(740, 440, 92, "#a8672f", rough=0.12)
    brush.blob(725, 425, 50, "#bd7b3e", rough=0.15)
    props.egg(brush, 585, 505, 58)
    brush.blob(820, 560, 105, "#dba850", rough=0.06)
    brush.scatter(
        9, lambda x, y, _: brush.oval(x, y, 11, 8, "#b57a35"), within=(760, 505, 880, 615), apart=26
    )
    props.chilies(brush, 180, 600, 150)
    props.glass(brush, 1060, 200, 92, "#c98b3a")


def rawon(brush: Brush) -> None:
    """Black beef soup, rice apart, sprouts and lime."""
    brush.window_light()
    props.plate(brush, 905, 470, 260)
    for x, y, r in ((900, 460, 132), (950, 430, 92), (850, 500, 88)):
        brush.blob(x, y, r, "#fffaf0", rough=0.04)
    brush.blob(900, 440, 84, "#f5ecdc", rough=0.06)
    x, y = 430, 370
    props.bowl(brush, x, y, 300, RAWON, "#e8eef3")
    for turn in (10, 120, 230):
        meat = around(x, y, 115, turn)
        brush.slab(*meat, 120, 78, turn * 1.7, "#6d4030")
        brush.slab(meat[0] - 6, meat[1] - 8, 96, 22, turn * 1.7, "#875443")
    for turn in range(0, 360, 28):
        start = around(x + 10, y - 20, brush.chance.uniform(20, 90), turn)
        brush.line([start, around(*start, 52, turn + 70)], 9, "#f3ecd2")
    props.leaf(brush, x - 120, y + 130, 90, -30)
    props.egg(brush, x + 110, y - 120, 60)
    props.lime(brush, 700, 150, 66)
    props.chilies(brush, 150, 650, 120)


def soto(brush: Brush) -> None:
    """Yellow chicken soup with koya and spring onion, crackers in a jar's lid."""
    brush.window_light()
    props.napkin(brush, 240, 210, 380, 14, props.INDIGO)
    x, y = 640, 420
    props.bowl(brush, x, y, 310, "#efc65c")
    for turn in range(20, 380, 30):
        start = around(x, y, 120, turn)
        brush.line([start, around(*start, 90, turn + 100)], 16, "#f9ecd0")
    brush.blob(x - 40, y + 10, 84, "#e0b773", rough=0.14)
    props.egg(brush, x + 110, y + 70, 66)
    brush.scatter(
        26,
        lambda a, b, _: brush.ring(a, b, 11, 4, "#5b9642"),
        within=(450, 250, 820, 590),
        apart=34,
    )
    props.lime(brush, 1050, 600, 70)
    props.bowl(brush, 1040, 230, 110, "#c8371f", "#e9eef2")


def chips(brush: Brush) -> None:
    """Thin fried slices heaped on a woven tray."""
    brush.window_light()
    props.tray(brush, 600, 410, 360)
    tone = brush.chance.choice(("#d7a04a", "#e8c877", "#c98f45"))

    def slice_(x: float, y: float, turn: float) -> None:
        brush.blob(x + 5, y + 8, 62, darker(props.RATTAN, 0.18), rough=0.06)
        brush.blob(x, y, 62, tone, rough=0.06)
        brush.blob(x - 3, y - 3, 50, lighter(tone, 0.3), rough=0.08)
        for step in range(4):
            spot = around(x, y, 26, turn + step * 83)
            brush.oval(*spot, 8, 6, darker(tone, 0.16))

    brush.scatter(34, slice_, within=(360, 190, 840, 630), apart=66)
    props.leaf(brush, 960, 660, 190, -40)
    props.leaf(brush, 990, 690, 150, -5, "#68a15c")
    props.chilies(brush, 120, 170, 130)


def market_cakes(brush: Brush) -> None:
    """Jajan pasar in rows on a banana leaf."""
    brush.window_light()
    props.banana_leaf(brush, 600, 410, 980, 590, -6)
    kinds = ("#f0d27a", "#dd7f6f", "#7fae5a", "#fbf3e2", "#8a5333")
    for row in range(3):
        for column in range(5):
            x, y = 240 + column * 182 + row * 14, 235 + row * 178 - column * 17
            _cake(brush, x, y, kinds[(row * 2 + column + brush.chance.randrange(2)) % 5])


def bread(brush: Brush) -> None:
    """Round buns on a board, butter beside."""
    brush.window_light()
    brush.box(170, 150, 800, 540, brush.shadow(), r=40)
    brush.box(155, 130, 800, 540, props.WOOD, r=40)
    for stripe in range(5):
        brush.box(190, 190 + stripe * 105, 730, 4, darker(props.WOOD, 0.1), r=2)
    for x, y in ((330, 290), (560, 270), (790, 300), (430, 500), (670, 510)):
        brush.disc(x + 10, y + 14, 118, darker(props.WOOD, 0.25))
        brush.blob(x, y, 118, "#c9853c", rough=0.03)
        brush.blob(x - 8, y - 10, 96, "#dda055", rough=0.04)
        brush.arc(x, y, 84, (200, 275), 12, "#efc184")
        brush.scatter(
            7,
            lambda a, b, t: brush.petal(a, b, 15, 8, t, "#fdf3dc"),
            within=(x - 55, y - 55, x + 55, y + 55),
            apart=26,
        )
    props.plate(brush, 1060, 620, 120, "#e9eef2")
    brush.slab(1060, 620, 100, 60, -14, "#f4d36b")


def brownies(brush: Brush) -> None:
    """Dark squares on paper, cut in rows."""
    brush.window_light()
    brush.slab(615, 425, 860, 600, -5, brush.shadow())
    brush.slab(600, 405, 860, 600, -5, "#fbf4e4")
    for row in range(3):
        for column in range(4):
            x, y = 300 + column * 195 + row * 16, 250 + row * 172 - column * 16
            brush.slab(x + 8, y + 12, 166, 142, -5, darker("#fbf4e4", 0.2))
            brush.slab(x, y, 166, 142, -5, "#4a2a1e")
            brush.slab(x - 3, y - 5, 150, 124, -5, "#5d3828")
            brush.scatter(
                4,
                lambda a, b, t: brush.petal(a, b, 30, 13, t, "#e2b878"),
                within=(x - 50, y - 42, x + 35, y + 40),
                apart=36,
            )


def coffee(brush: Brush) -> None:
    """A cup from above, beans on the table."""
    brush.window_light()
    x, y = 540, 400
    props.plate(brush, x, y, 300, "#e8eef3")
    brush.box(x + 150, y - 32, 175, 64, props.PORCELAIN, r=30)
    brush.disc(x + 10, y + 14, 196, darker("#e8eef3", 0.2))
    brush.disc(x, y, 192, props.PORCELAIN)
    brush.disc(x, y, 166, darker(COFFEE, 0.2))
    brush.disc(x + 3, y + 4, 158, "#7a4d31")
    brush.disc(x, y + 6, 128, "#9a6a45")
    for step in range(5):
        brush.petal(x, y + 95 - step * 34, 92 - step * 12, 40, -128, "#f4e3c8")
        brush.petal(x, y + 95 - step * 34, 92 - step * 12, 40, -52, "#f4e3c8")
    brush.scatter(17, lambda a, b, t: _bean(brush, a, b, t), within=(900, 90, 1150, 720), apart=74)
    _sugar(brush, 170, 650)


def iced(brush: Brush) -> None:
    """Three cold drinks from above."""
    brush.window_light()
    drinks = brush.chance.sample(["#b9824d", "#d7503c", "#e9b53d", "#86a94f", "#efe2cc"], 3)
    places = ((360, 330, 190), (760, 470, 210), (860, 140, 120))
    for (x, y, r), drink in zip(places, drinks, strict=True):
        props.glass(brush, x, y, r, drink)
    brush.line([(430, 300), (610, 110)], 20, "#fffaf0")
    brush.line([(840, 420), (1040, 250)], 20, "#b3321f")
    props.lime(brush, 300, 650, 78)
    props.leaf(brush, 500, 640, 110, -30)
    props.leaf(brush, 505, 650, 90, 20, "#68a15c")


def bottles(brush: Brush) -> None:
    """Bottles on a table, such as sinom, milk or apple juice."""
    brush.window_light()
    props.table(brush, 560, lighter(brush.ground, 0.45))
    drinks = brush.chance.sample(["#d9a441", "#fdf8ee", "#c46a3a", "#d9694f", "#93ad55"], 4)
    for index, drink in enumerate(drinks):
        props.bottle(
            brush, 270 + index * 215, 660 - (index % 2) * 42, 150, 400 + (index % 3) * 36, drink
        )
    for x in (985, 1075):
        _apple(brush, x, 700 - (x % 3) * 6, 62)


def herbs(brush: Brush) -> None:
    """A warm wedang with its spices around it."""
    brush.window_light()
    x, y = 600, 410
    props.plate(brush, x, y, 250, "#e4d2b4")
    brush.disc(x + 10, y + 12, 178, darker("#e4d2b4", 0.2))
    brush.disc(x, y, 174, "#f7efe0")
    brush.disc(x, y, 152, "#a5402c")
    brush.arc(x, y, 130, (195, 265), 9, "#cf7a5f")
    _star(brush, x + 30, y + 20, 48)
    for index in range(3):
        brush.slab(1010, 300 + index * 44, 250, 30, -20 + index * 4, "#8a5230")
        brush.slab(1010, 294 + index * 44, 250, 8, -20 + index * 4, "#a96f47")
    for a, b in ((190, 230), (270, 600), (150, 440)):
        _star(brush, a, b, 62)
    brush.blob(960, 640, 92, "#d8b27a", rough=0.2)
    brush.blob(1040, 610, 62, "#d8b27a", rough=0.2)
    brush.arc(960, 640, 60, (190, 260), 5, "#b98d53")


def groceries(brush: Brush) -> None:
    """A sack of rice, oil and eggs on a shelf."""
    brush.window_light()
    props.table(brush, 600, props.WOOD)
    brush.oval(370, 690, 260, 36, brush.shadow())
    brush.box(150, 250, 410, 440, "#f2e7d0", r=46)
    brush.box(190, 210, 330, 80, "#e6d6b6", r=30)
    brush.box(150, 400, 410, 190, props.INDIGO)
    brush.flower(355, 495, 82, "#fbf6ec")
    props.bottle(brush, 700, 690, 150, 400, "#eebb45")
    for row, count in enumerate((3, 2)):
        for index in range(count):
            x, y = 880 + index * 100 + row * 50, 650 - row * 92
            brush.oval(x, y, 48, 60, "#d39a6c")
            brush.oval(x - 12, y - 16, 18, 24, "#e6ba93")


def eggs(brush: Brush) -> None:
    """A tray of eggs from above, some sold already."""
    brush.window_light()
    brush.box(180, 110, 880, 620, brush.shadow(), r=34)
    brush.box(160, 85, 880, 620, "#a9a28f", r=34)
    for row in range(4):
        for column in range(6):
            x, y = 240 + column * 144, 165 + row * 152
            brush.disc(x, y, 62, "#8b8472")
            if brush.chance.random() < 0.86:
                shell = brush.chance.choice(("#d39a6c", "#dfae83", "#c98b5c"))
                brush.oval(x, y, 50, 58, shell)
                brush.oval(x - 12, y - 18, 20, 24, lighter(shell, 0.35))


def jars(brush: Brush) -> None:
    """A shelf of the corner shop: jars of sugar, beans, chili."""
    brush.window_light()
    for shelf in (390, 740):
        brush.box(0, shelf, 1200, 34, props.WOOD)
        brush.box(0, shelf + 34, 1200, 12, brush.shadow())
    fillings = [
        "#f6efe0",
        "#8a5333",
        "#c8371f",
        "#e0ad3a",
        "#5f8a45",
        "#e9cfa0",
        "#6b4a3a",
        "#d98b62",
    ]
    brush.chance.shuffle(fillings)
    for index, filling in enumerate(fillings):
        props.jar(brush, 180 + (index % 4) * 280, 390 if index < 4 else 740, 190, 240, filling)


def tumpeng(brush: Brush) -> None:
    """The yellow cone of a feast on its tray."""
    brush.window_light()
    props.table(brush, 590, darker(brush.ground, 0.14))
    brush.oval(610, 655, 470, 92, brush.shadow())
    brush.oval(600, 630, 460, 88, darker(props.RATTAN, 0.15))
    brush.oval(600, 616, 452, 82, props.BANANA_LEAF)
    brush.shape([(600, 130), (400, 610), (800, 610)], "#edb73a")
    brush.oval(600, 610, 200, 40, "#edb73a")
    brush.shape([(600, 130), (400, 610), (520, 640)], "#f6cd66")
    brush.shape([(600, 118), (548, 262), (652, 262)], props.BANANA_LEAF)
    brush.oval(600, 262, 52, 10, darker(props.BANANA_LEAF, 0.15))
    for index, x in enumerate((270, 350, 860, 950)):
        props.egg(brush, x, 600 + (index % 2) * 34, 48)
    _greens(brush, 470, 660, 7)
    _greens(brush, 740, 660, 7)
    for x in (560, 610, 660):
        brush.disc(x, 668, 24, props.CHILI)


def rice_boxes(brush: Brush) -> None:
    """Nasi kotak, opened, ready for the meeting."""
    brush.window_light()
    for x, y in ((330, 400), (840, 400)):
        brush.box(x - 208, y - 262, 440, 560, brush.shadow(), r=18)
        brush.box(x - 225, y - 285, 450, 570, "#f7efe0", r=18)
        brush.box(x - 200, y - 260, 400, 520, props.BANANA_LEAF, r=8)
        brush.blob(x - 60, y - 100, 112, "#fffaf0", rough=0.05)
        brush.blob(x + 95, y - 130, 78, "#a8672f", rough=0.1)
        _greens(brush, x + 80, y + 20, 8)
        props.egg(brush, x - 90, y + 110, 54)
        brush.blob(x + 70, y + 160, 72, "#d9923e", rough=0.1)
        brush.disc(x - 20, y + 205, 26, props.CHILI)


def _cake(brush: Brush, x: float, y: float, color: str) -> None:
    brush.disc(x + 6, y + 10, 66, darker(props.BANANA_LEAF, 0.25))
    brush.disc(x, y, 66, darker(color, 0.14))
    brush.disc(x - 2, y - 4, 60, color)
    brush.disc(x - 4, y - 6, 44, lighter(color, 0.3))
    brush.flower(x - 4, y - 6, 24, darker(color, 0.22))


def _greens(brush: Brush, x: float, y: float, count: int) -> None:
    for index in range(count):
        tone = (props.LEAF, "#68a15c", "#3f7a44")[index % 3]
        at = around(x, y, brush.chance.uniform(0, 46), brush.chance.uniform(0, 360))
        brush.petal(*at, 84, 30, brush.chance.uniform(0, 360), tone)


def _bean(brush: Brush, x: float, y: float, turn: float) -> None:
    brush.petal(*around(x + 4, y + 6, -30, turn), 60, 46, turn, brush.shadow())
    brush.petal(*around(x, y, -30, turn), 60, 46, turn, COFFEE)
    brush.line([around(x, y, -20, turn), around(x, y, 20, turn)], 3, lighter(COFFEE, 0.3))


def _sugar(brush: Brush, x: float, y: float) -> None:
    for a, b, turn in ((0, 0, 10), (70, 24, 40), (26, -64, -15)):
        brush.slab(x + a + 5, y + b + 7, 52, 52, turn, brush.shadow())
        brush.slab(x + a, y + b, 52, 52, turn, "#c98f4a")
        brush.slab(x + a - 3, y + b - 4, 40, 40, turn, "#dba968")


def _star(brush: Brush, x: float, y: float, r: float) -> None:
    for turn in range(0, 360, 45):
        brush.petal(x, y, r, r * 0.38, turn, "#6b3c24")
        brush.disc(*around(x, y, r * 0.6, turn), r * 0.09, "#c98f5a")


def _apple(brush: Brush, x: float, y: float, r: float) -> None:
    brush.oval(x + r * 0.3, y + r * 0.85, r * 1.1, r * 0.2, brush.shadow())
    brush.disc(x - r * 0.3, y, r * 0.78, "#c23b27")
    brush.disc(x + r * 0.3, y, r * 0.78, "#c23b27")
    brush.oval(x, y + r * 0.25, r * 0.72, r * 0.68, "#c23b27")
    brush.oval(x - r * 0.5, y - r * 0.2, r * 0.2, r * 0.3, "#df6a55")
    brush.line([(x, y - r * 0.5), (x + r * 0.08, y - r)], 6, "#5b3a22")
    props.leaf(brush, x + r * 0.08, y - r * 0.85, r * 0.7, -28)


SCENES = {
    "kuliner": (bakso, pecel, rawon, soto),
    "camilan": (chips, market_cakes, bread, brownies),
    "minuman": (coffee, iced, bottles, herbs),
    "sembako": (groceries, eggs, jars),
    "acara": (tumpeng, rice_boxes, workshop.flower_arch),
}
