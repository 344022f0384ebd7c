"""What is grown and done: plants, care, home, services, creation, weddings."""

from demo.pictures import props
from demo.pictures.brush import Brush, around, darker, lighter, mix

CREAM = "#f4e6cc"


def flower_arch(brush: Brush) -> None:
    """Flowers and cloth for a wedding."""
    brush.window_light()
    for side in (-1, 1):
        x = 600 + side * 600
        brush.shape(
            [(600, 0), (x, 0), (x, 800), (600 + side * 430, 800), (600 + side * 320, 330)],
            "#fbf3e2",
        )
        brush.shape(
            [
                (600 + side * 230, 0),
                (600 + side * 330, 0),
                (600 + side * 470, 800),
                (600 + side * 430, 800),
            ],
            "#ecdcc0",
        )
    tones = ("#c23b27", "#e9b53d", "#fffaf0", "#d98aa0")
    brush.box(0, 690, 1200, 110, props.WOOD)
    brush.box(420, 500, 360, 150, "#fbf3e2", r=40)
    brush.box(390, 590, 420, 90, "#e0a526", r=30)
    brush.flower(600, 548, 50, "#e0a526")
    for turn in range(180, 361, 9):
        spot = around(600, 470, 350 + (turn % 2) * 34, turn)
        props.leaf(brush, *spot, 92, turn * 3, (props.LEAF, "#68a15c")[turn % 2])
    for turn in range(178, 364, 13):
        spot = around(600, 470, 356, turn)
        _blossom(brush, *spot, 46, tones[turn % 4])
    for x, y in ((200, 650), (290, 690), (910, 690), (1000, 650)):
        _blossom(brush, x, y, 62, tones[x // 10 % 4])


def potted_plants(brush: Brush) -> None:
    """Plants in pots, ready to be taken home."""
    brush.window_light()
    props.table(brush, 600, props.WOOD)
    pots = ["#b5633c", "#f4eddd", "#1c4675", "#d9a441"]
    brush.chance.shuffle(pots)
    for index, pot in enumerate(pots):
        x, h = 190 + index * 275, 170 + (index % 2) * 34
        foot = 690
        for turn in range(-165, 0, 22 if index % 2 else 33):
            tone = (props.LEAF, "#68a15c", "#3c7a4b", "#86b06a")[(turn + index) % 4]
            length = 230 if index % 2 else 190
            props.leaf(brush, x, foot - h + 10, length - brush.chance.uniform(0, 50), turn, tone)
        brush.oval(x + 40, foot, 110, 20, brush.shadow())
        brush.shape([(x - 104, foot - h), (x + 104, foot - h), (x + 74, foot), (x - 74, foot)], pot)
        brush.shape(
            [(x - 104, foot - h), (x - 52, foot - h), (x - 34, foot), (x - 74, foot)],
            lighter(pot, 0.2),
        )
        brush.box(x - 116, foot - h - 20, 232, 44, darker(pot, 0.1), r=10)


def apples(brush: Brush) -> None:
    """A crate of Malang apples from above."""
    brush.window_light()
    brush.box(190, 100, 860, 640, brush.shadow(), r=12)
    brush.box(170, 76, 860, 640, props.WOOD, r=12)
    brush.box(210, 116, 780, 560, darker(props.WOOD, 0.45), r=6)
    tones = ("#c23b27", "#d4543a", "#93ad4b", "#b83424")

    def apple(x: float, y: float, turn: float) -> None:
        tone = brush.chance.choice(tones)
        brush.disc(x + 6, y + 9, 66, darker(props.WOOD, 0.6))
        brush.blob(x, y, 66, tone, rough=0.03)
        brush.disc(x - 22, y - 22, 18, lighter(tone, 0.4))
        brush.disc(x, y, 11, darker(tone, 0.35))
        brush.line([(x, y), around(x, y, 26, turn)], 6, "#4f3420")

    brush.scatter(40, apple, within=(270, 176, 930, 616), apart=112)
    props.leaf(brush, 300, 700, 150, -30)
    props.leaf(brush, 860, 120, 140, 200, "#68a15c")


def vegetables(brush: Brush) -> None:
    """The morning's harvest laid out."""
    brush.window_light()
    for x in (260, 560):
        for turn in range(-160, -20, 20):
            props.leaf(brush, x, 470, 270, turn, (props.LEAF, "#68a15c")[turn % 40 == 0])
        for turn in range(-130, -50, 20):
            brush.line([(x, 620), around(x, 500, 80, turn)], 26, "#e9f0d3")
        brush.box(x - 80, 560, 160, 30, props.CHILI, r=12)
    for index in range(4):
        y = 190 + index * 112
        brush.petal(770 + index * 12, y + 12, 300, 76, 5, brush.shadow())
        brush.petal(760 + index * 12, y, 300, 76, 5, "#e07b34")
        for turn in (150, 180, 210):
            brush.petal(772 + index * 12, y, 90, 22, turn, props.LEAF)
    for x, y in ((820, 660), (950, 690), (1070, 640)):
        brush.disc(x + 6, y + 9, 62, brush.shadow())
        brush.blob(x, y, 62, "#cf4630", rough=0.04)
        brush.disc(x - 20, y - 22, 15, "#e88873")
        for turn in range(0, 360, 72):
            brush.petal(x, y, 26, 13, turn, props.LEAF)


def remedies(brush: Brush) -> None:
    """Jamu in bottles with the roots they come from."""
    brush.window_light()
    props.table(brush, 580, lighter(brush.ground, 0.4))
    drinks = brush.chance.sample(["#dca13a", "#8a5a2e", "#c66a35", "#77904a", "#eadbb8"], 3)
    for index, drink in enumerate(drinks):
        props.bottle(brush, 300 + index * 210, 680 - (index % 2) * 30, 140, 380 + index * 24, drink)
    for x, y, r in ((890, 660, 72), (970, 680, 58), (1050, 650, 64)):
        brush.blob(x, y, r, "#cf8a35", rough=0.22)
        brush.arc(x, y, r * 0.6, (190, 270), 4, "#a96921")
    props.leaf(brush, 880, 560, 200, -62)
    props.leaf(brush, 900, 570, 170, -25, "#68a15c")


def soaps(brush: Brush) -> None:
    """Bars of soap on a board, flowers around."""
    brush.window_light()
    brush.slab(616, 430, 820, 470, -8, brush.shadow())
    brush.slab(600, 410, 820, 470, -8, props.WOOD)
    tones = brush.chance.sample(
        ["#e9c9a8", "#a9bf92", "#d79a8a", "#f1e4cc", "#8fa9bf", "#d9b25f"], 4
    )
    for index, tone in enumerate(tones):
        x, y = 370 + (index % 2) * 430, 300 + (index // 2) * 220 - (index % 2) * 50
        brush.slab(x + 9, y + 14, 320, 150, -8, darker(props.WOOD, 0.28))
        brush.slab(x, y, 320, 150, -8, darker(tone, 0.08))
        brush.slab(x - 3, y - 8, 300, 126, -8, lighter(tone, 0.2))
        brush.flower(x - 3, y - 8, 54, darker(tone, 0.12))
    for x, y in ((160, 640), (1060, 170), (1090, 640)):
        for turn in range(0, 360, 60):
            brush.petal(x, y, 66, 42, turn, "#fffaf0")
        brush.disc(x, y, 20, props.TURMERIC)


def honey(brush: Brush) -> None:
    """Jars of honey and scrub on a table."""
    brush.window_light()
    props.table(brush, 590, props.WOOD)
    for x, w, h, filling in (
        (300, 230, 320, "#d98e24"),
        (600, 260, 380, "#e5a936"),
        (900, 210, 270, "#b9692a"),
    ):
        props.jar(brush, x, 690, w, h, filling)
    props.leaf(brush, 1000, 700, 170, -40)
    props.leaf(brush, 1010, 710, 130, -4, "#68a15c")


def living_room(brush: Brush) -> None:
    """A lamp, a shelf and a plant against the wall."""
    brush.window_light()
    brush.box(0, 690, 1200, 110, darker(brush.ground, 0.16))
    shade = brush.chance.choice(("#e6b450", "#b3321f", "#f4eddd"))
    brush.shape([(210, 330), (410, 330), (470, 520), (150, 520)], shade)
    brush.shape([(210, 330), (270, 330), (250, 520), (150, 520)], lighter(shade, 0.25))
    brush.box(302, 520, 16, 190, "#4f3420")
    brush.oval(310, 712, 92, 18, "#4f3420")
    for y in (300, 500):
        brush.box(600, y, 470, 26, props.WOOD)
        brush.box(600, y + 26, 470, 9, brush.shadow())
    tones = ["#b3321f", "#1c4675", "#e0a526", "#5d9a6b", "#f4eddd", "#8a5330"]
    brush.chance.shuffle(tones)
    for index, tone in enumerate(tones):
        brush.box(
            630 + index * 42, 300 - 120 - (index % 3) * 16, 34, 120 + (index % 3) * 16, tone, r=3
        )
    brush.oval(980, 460, 66, 60, "#b5633c")
    brush.box(950, 390, 60, 40, "#94502f", r=8)
    for turn in range(-150, -20, 26):
        props.leaf(brush, 700, 470, 130, turn, props.LEAF)
    brush.box(650, 440, 100, 62, "#f4eddd", r=10)
    brush.box(860, 240, 120, 60, "#cfa062", r=10)


def woven_mats(brush: Brush) -> None:
    """Mats and cushions from above."""
    brush.window_light()
    tones = ["#b3321f", "#1c4675", "#e0a526", "#f4eddd", "#2f6e5b"]
    brush.chance.shuffle(tones)
    brush.slab(512, 420, 700, 500, -7, brush.shadow())
    brush.slab(500, 400, 700, 500, -7, tones[0])
    for index in range(7):
        spot = around(500, 400, -210 + index * 70, 83)
        brush.slab(*spot, 700, 16, -7, tones[1 + index % 2] if index % 2 else CREAM)
        for step in range(-4, 5):
            brush.slab(*around(*spot, step * 76, -7), 22, 22, 38, tones[3])
    for x, y, tone in ((940, 250, tones[3]), (960, 580, tones[4])):
        brush.box(x - 146, y - 132, 310, 290, brush.shadow(), r=54)
        brush.box(x - 160, y - 150, 310, 290, tone, r=54)
        brush.flower(x - 5, y - 5, 96, mix(tone, tones[0], 0.65))


def brooms(brush: Brush) -> None:
    """Brooms and dusters hanging on a wall."""
    brush.window_light()
    brush.box(120, 110, 960, 22, props.WOOD, r=10)
    for index, x in enumerate((230, 450, 680, 920)):
        brush.line([(x + 8, 150), (x + 8, 430)], 22, brush.shadow())
        brush.line([(x, 135), (x, 420)], 22, ("#8a5330", "#c98f4a")[index % 2])
        low = 680
        for strand in range(-8, 9):
            tone = mix("#dcb56c", "#9a6a34", abs(strand) / 10)
            brush.line([(x + strand * 3, 420), (x + strand * 11, low - abs(strand) * 4)], 12, tone)
        brush.box(x - 40, 410, 80, 40, ("#b3321f", "#1c4675")[index % 2], r=8)


def laundry(brush: Brush) -> None:
    """Washing on the line against a clear sky."""
    brush.window_light()
    brush.line([(0, 150), (600, 190), (1200, 150)], 7, "#5b4636")
    tones = ["#b3321f", "#f4eddd", "#1c4675", "#e0a526", "#7fa6c9"]
    brush.chance.shuffle(tones)
    for index, tone in enumerate(tones[:4]):
        x, y = 60 + index * 290, 172 + (12 if index in (1, 2) else 0)
        if index % 2:
            brush.shape([(x, y), (x + 220, y), (x + 228, y + 360), (x - 8, y + 372)], tone)
            for step in range(1, 4):
                brush.box(x, y + step * 84, 222, 14, darker(tone, 0.16))
        else:
            brush.shape(props.shirt(x + 110, y + 205, 0.62), tone)
        for peg in (x + 30, x + 190):
            brush.box(peg - 8, y - 26, 16, 52, props.WOOD, r=5)


def tools(brush: Brush) -> None:
    """A mechanic's tools in a row on a cloth."""
    brush.window_light()
    brush.slab(612, 418, 960, 560, 3, brush.shadow())
    brush.slab(600, 400, 960, 560, 3, "#b3321f")
    brush.slab(600, 400, 900, 500, 3, darker("#b3321f", 0.12))
    steel = "#cdd6de"
    for index in range(3):
        x = 260 + index * 150
        brush.line([(x, 240), (x, 540)], 44 - index * 6, steel)
        for y in (220, 570):
            brush.disc(x, y, 62 - index * 9, steel)
            brush.disc(x, y, 30 - index * 4, darker("#b3321f", 0.12))
        brush.slab(x, 186 + index * 6, 40, 70, 0, darker("#b3321f", 0.12))
    for index, handle in enumerate(("#e0a526", props.INDIGO)):
        x = 740 + index * 120
        brush.box(x - 9, 190, 18, 250, steel, r=4)
        brush.box(x - 32, 410, 64, 200, handle, r=24)
        brush.box(x - 20, 430, 12, 150, lighter(handle, 0.35), r=6)
    brush.disc(985, 300, 74, steel)
    brush.disc(985, 300, 40, darker("#b3321f", 0.12))
    for y in (470, 560):
        brush.disc(985, y, 34, steel)
        brush.disc(985, y, 15, darker("#b3321f", 0.12))


def barber(brush: Brush) -> None:
    """Scissors, comb and brush of a barber."""
    brush.window_light()
    props.napkin(brush, 620, 420, 780, -6, "#f4eddd")
    steel = "#b9c5cf"
    brush.line([(330, 230), (640, 520)], 34, steel)
    brush.line([(330, 480), (640, 260)], 34, darker(steel, 0.12))
    brush.disc(478, 370, 20, "#6b7a88")
    for y in (570, 210):
        brush.ring(700, y, 74, 26, props.INDIGO)
    brush.box(880, 170, 90, 470, "#20222e", r=16)
    for step in range(26):
        brush.box(802, 190 + step * 17, 84, 8, "#20222e", r=3)
    brush.disc(1090, 300, 64, "#8a5330")
    brush.box(1060, 340, 60, 260, "#b3321f", r=26)


def parcels(brush: Brush) -> None:
    """A courier's parcels, tied and labelled."""
    brush.window_light()
    props.table(brush, 600, darker(brush.ground, 0.2))
    for x, top, w, h, tone in (
        (210, 360, 330, 330, "#c99a63"),
        (520, 250, 400, 440, "#d8ae78"),
        (890, 440, 230, 250, "#b9864f"),
    ):
        brush.box(x + 14, top + 14, w, h, brush.shadow(), r=8)
        brush.box(x, top, w, h, tone, r=8)
        brush.box(x, top, w, 46, lighter(tone, 0.2), r=8)
        brush.box(x + w / 2 - 24, top, 48, h, darker(tone, 0.14))
        brush.box(x + 26, top + h - 110, w * 0.3, 74, "#fbf6ec", r=5)
        brush.box(x + 36, top + h - 94, w * 0.2, 9, props.INDIGO)
        brush.box(x + 36, top + h - 74, w * 0.24, 9, "#9aa7b3")


def paint_box(brush: Brush) -> None:
    """A palette with brushes and a drawing begun."""
    brush.window_light()
    brush.slab(420, 420, 640, 560, -5, brush.shadow())
    brush.slab(405, 400, 640, 560, -5, "#fffaf0")
    brush.petal(190, 560, 420, 120, -14, "#7fa6c9")
    brush.disc(540, 250, 66, "#e9b53d")
    brush.shape([(170, 600), (330, 320), (500, 590)], "#5d9a6b")
    brush.shape([(330, 590), (480, 390), (640, 570)], "#3f7a4b")
    brush.oval(912, 452, 232, 176, brush.shadow())
    brush.oval(900, 430, 232, 176, "#b57b4a")
    brush.oval(1010, 500, 40, 30, brush.ground)
    for turn, tone in (
        (170, "#c23b27"),
        (215, "#e9b53d"),
        (260, "#5d9a6b"),
        (305, props.INDIGO),
        (350, "#fffaf0"),
    ):
        brush.blob(900 + 150 * _cos(turn), 430 + 108 * _sin(turn), 40, tone, rough=0.16)
    for index, tone in enumerate(("#b3321f", props.INDIGO, "#e0a526")):
        brush.line([(790 + index * 66, 770), (880 + index * 66, 640)], 16, tone)


def wooden_toys(brush: Brush) -> None:
    """Blocks and a cart of painted wood."""
    brush.window_light()
    props.table(brush, 610, lighter(brush.ground, 0.45))
    tones = ["#c23b27", "#1c4675", "#e0a526", "#5d9a6b", "#d98b62"]
    brush.chance.shuffle(tones)
    brush.oval(400, 690, 320, 26, brush.shadow())
    brush.box(150, 470, 470, 150, tones[0], r=14)
    brush.box(440, 320, 180, 200, tones[1], r=14)
    brush.box(476, 356, 108, 84, "#dcebf5", r=8)
    brush.box(190, 380, 60, 110, tones[2], r=8)
    for x in (250, 510):
        brush.disc(x, 630, 72, "#4f3420")
        brush.disc(x, 630, 40, props.RATTAN)
    for x, y, tone in ((780, 580, tones[3]), (930, 580, tones[4]), (855, 448, tones[2])):
        brush.box(x - 64, y - 20, 128, 128, tone, r=12)
        brush.box(x - 64, y - 20, 128, 26, lighter(tone, 0.3), r=12)
        brush.flower(x, y + 48, 42, "#fffaf0")
    brush.shape([(855, 296), (780, 428), (930, 428)], tones[0])


def camera(brush: Brush) -> None:
    """A camera on prints it made."""
    brush.window_light()
    for x, y, turn, tone in (
        (330, 330, -14, "#7fa6c9"),
        (870, 300, 11, "#e7b9a4"),
        (600, 560, 3, "#a9bf92"),
    ):
        brush.slab(x + 10, y + 14, 430, 340, turn, brush.shadow())
        brush.slab(x, y, 430, 340, turn, "#fffaf0")
        brush.slab(x, y - 12, 380, 270, turn, tone)
        hill = around(x, y + 96, 0, turn)
        brush.petal(*around(*hill, -180, turn), 360, 130, turn, darker(tone, 0.25))
    brush.box(412, 292, 400, 270, darker(brush.ground, 0.3), r=40)
    brush.box(400, 270, 400, 270, "#252a36", r=40)
    brush.box(400, 330, 400, 120, "#8a5330")
    brush.box(520, 236, 150, 60, "#252a36", r=16)
    for r, tone in ((112, "#d4dce3"), (96, "#252a36"), (62, "#3d5e82"), (34, "#14202e")):
        brush.disc(600, 402, r, tone)
    brush.disc(576, 376, 16, "#b9d3ea")
    brush.disc(744, 304, 18, "#c23b27")


def _blossom(brush: Brush, x: float, y: float, r: float, color: str) -> None:
    for turn in range(0, 360, 60):
        brush.petal(x, y, r, r * 0.66, turn, color)
    brush.disc(x, y, r * 0.26, mix(color, "#b86a1a", 0.6))


def _cos(turn: float) -> float:
    return around(0, 0, 1, turn)[0]


def _sin(turn: float) -> float:
    return around(0, 0, 1, turn)[1]


SCENES = {
    "agribisnis": (potted_plants, apples, vegetables),
    "kesehatan": (remedies, soaps, honey),
    "rumah_tangga": (living_room, woven_mats, brooms),
    "jasa": (laundry, tools, barber, parcels),
    "kreatif": (paint_box, wooden_toys, camera),
}
