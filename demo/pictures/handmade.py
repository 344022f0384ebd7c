"""What is worn and made by hand: fashion and craft."""

from demo.pictures import props
from demo.pictures.brush import Brush, around, darker, lighter, mix

SOGA = "#7c4a26"
CREAM = "#f4e6cc"


def batik_shirt(brush: Brush) -> None:
    """A batik shirt laid flat."""
    brush.window_light()
    cloth = brush.chance.choice((props.INDIGO, "#7a2f28", "#2f5d4a", SOGA))
    for dx, dy, color in ((12, 18, brush.shadow()), (0, 0, cloth)):
        brush.shape(props.shirt(600 + dx, 400 + dy), color)
    brush.kawung(color=mix(cloth, "#f3dca6", 0.62), size=84, within=(453, 200, 747, 670))
    for side in (-1, 1):
        brush.shape(
            [
                (600 + side * 190, 180),
                (600 + side * 340, 330),
                (600 + side * 268, 402),
                (600 + side * 168, 330),
            ],
            darker(cloth, 0.12),
        )
    brush.shape([(530, 112), (670, 112), (600, 220)], darker(cloth, 0.4))
    for side in (-1, 1):
        brush.shape(
            [(600, 228), (600 + side * 92, 100), (600 + side * 58, 270)], lighter(cloth, 0.25)
        )
    brush.box(595, 228, 10, 480, darker(cloth, 0.25))
    for step in range(5):
        brush.disc(600, 290 + step * 92, 9, CREAM)


def folded_cloth(brush: Brush) -> None:
    """Folded cloths in a stack, a flower on top."""
    brush.window_light()
    props.table(brush, 610, props.WOOD)
    brush.oval(620, 690, 430, 40, brush.shadow())
    tones = ["#1c4675", "#b3321f", "#e6b450", "#2f6e5b", "#f1e4cc", "#8d5a3b", "#c98aa0"]
    brush.chance.shuffle(tones)
    for index, tone in enumerate(tones[:6]):
        top = 600 - index * 82
        width = 700 - index * 16 + brush.chance.randint(-22, 22)
        x = 600 - width / 2
        brush.box(x, top, width, 84, darker(tone, 0.14), r=38)
        brush.box(x, top, width, 68, tone, r=34)
        for step in range(int(width // 74)):
            brush.flower(x + 52 + step * 74, top + 34, 24, lighter(tone, 0.42))
    for turn in range(0, 360, 60):
        brush.petal(640, 172, 68, 44, turn, "#fffaf0")
    brush.disc(640, 172, 20, props.TURMERIC)


def scarves(brush: Brush) -> None:
    """Hijab hanging in a row."""
    brush.window_light()
    brush.box(90, 96, 1020, 18, props.WOOD, r=9)
    tones = ["#c98aa0", "#e6b450", "#7fa6c9", "#a9bf92", "#d98b62", "#f1e4cc", "#6f7fa8"]
    brush.chance.shuffle(tones)
    for index, tone in enumerate(tones[:5]):
        x = 150 + index * 195
        low = 640 + brush.chance.randint(-40, 60)
        brush.shape(
            [(x + 14, 114), (x + 164, 114), (x + 190, low + 14), (x + 8, low + 14)], brush.shadow()
        )
        brush.shape([(x, 105), (x + 150, 105), (x + 172, low), (x - 14, low)], tone)
        for fold in range(3):
            a = x + 26 + fold * 46
            brush.shape(
                [(a, 105), (a + 12, 105), (a + 18 + fold * 5, low), (a - 6 + fold * 5, low)],
                darker(tone, 0.09),
            )
        brush.box(x - 14, low - 22, 186, 22, lighter(tone, 0.4))


def sandals(brush: Brush) -> None:
    """A pair of leather sandals from above."""
    brush.window_light()
    leather = brush.chance.choice(("#8a5330", "#5b3a2a", "#b07a45"))
    for x, lean in ((430, -9), (770, 9)):
        for dx, dy, tone in ((14, 18, brush.shadow()), (0, 0, leather)):
            brush.oval(x + dx, 250 + dy, 136, 170, tone)
            brush.oval(x + dx, 560 + dy, 112, 160, tone)
            brush.slab(x + dx, 410 + dy, 222, 330, 0, tone)
        brush.oval(x, 250, 112, 146, lighter(leather, 0.3))
        brush.oval(x, 560, 90, 138, lighter(leather, 0.3))
        brush.slab(x, 410, 178, 300, 0, lighter(leather, 0.3))
        for side in (-1, 1):
            strap = [(x, 170), (x + side * 60, 290 + lean), (x + side * 122, 430)]
            brush.line([(a + 6, b + 10) for a, b in strap], 34, darker(leather, 0.12))
            brush.line(strap, 34, darker(leather, 0.3))
        brush.disc(x, 176, 22, props.TURMERIC)


def batik_cloth(brush: Brush) -> None:
    """Batik filling the picture, a canting laid on it."""
    deep = brush.chance.choice((props.INDIGO, "#4d2b1c", "#6b2a25", "#264b3e"))
    brush.box(0, 0, 1200, 800, deep)
    brush.ground = deep
    wax = mix(deep, "#f3dca6", 0.78)
    size = brush.chance.choice((200, 240, 300))
    brush.kawung(color=wax, size=size, within=(0, 0, 1400, 1000))
    for row in range(0, 1000, size // 2):
        for column in range(0, 1400, size // 2):
            brush.disc(column, row, size * 0.05, mix(deep, "#e0a75a", 0.75))
    brush.line([(492, 690), (1010, 236)], 40, darker(deep, 0.5))
    brush.line([(480, 670), (1000, 216)], 40, props.WOOD)
    brush.line([(486, 658), (990, 216)], 9, lighter(props.WOOD, 0.4))
    brush.oval(440, 704, 58, 44, "#b8742f")
    brush.oval(430, 694, 34, 22, "#e0a75a")
    brush.line([(396, 724), (352, 762)], 11, "#b8742f")


def topeng(brush: Brush) -> None:
    """A mask in the manner of Malang's topeng dance, on a batik ground."""
    brush.kawung(color=lighter(brush.ground, 0.2), size=130, within=(0, 0, 1240, 840))
    face = brush.chance.choice(("#f5ead2", "#c23b27", "#e3b23c", "#5d9a6b"))
    x = 600
    brush.oval(x + 24, 470, 232, 300, darker(brush.ground, 0.2))
    brush.shape([(x - 250, 300), (x, 30), (x + 250, 300)], "#e0a526")
    brush.oval(x, 300, 252, 150, "#e0a526")
    brush.oval(x, 440, 226, 296, face)
    brush.oval(x - 66, 470, 130, 232, lighter(face, 0.16))
    for side in (-1, 1):
        brush.oval(x + side * 236, 430, 34, 66, "#e0a526")
        brush.petal(x + side * 22, 352, 150, 34, 90 - side * 100, "#20222e")
        brush.petal(x + side * 30, 430, 132, 66, 90 - side * 92, "#fffdf4")
        brush.disc(x + side * 92, 428, 23, "#20222e")
        brush.disc(x + side * 112, 548, 34, mix(face, "#c23b27", 0.35))
    brush.shape([(x - 16, 400), (x + 16, 400), (x + 40, 540), (x - 40, 540)], darker(face, 0.1))
    brush.oval(x, 540, 44, 24, darker(face, 0.1))
    brush.petal(x - 100, 628, 200, 66, 0, "#a02a1c")
    brush.petal(x - 76, 628, 152, 24, 0, "#fffdf4")
    _crown(brush, x)


def pottery(brush: Brush) -> None:
    """Clay vases on a table."""
    brush.window_light()
    props.table(brush, 590, lighter(brush.ground, 0.4))
    clays = ["#b5633c", "#d08f5f", "#7d4630", "#c9b08e"]
    brush.chance.shuffle(clays)
    sizes = ((280, 190, 330), (570, 150, 440), (810, 205, 250), (1020, 120, 340))
    for (x, w, h), clay in zip(sizes, clays, strict=True):
        foot = 680 - (x % 3) * 12
        brush.oval(x + w * 0.4, foot, w * 0.9, w * 0.16, brush.shadow())
        brush.box(x - w * 0.27, foot - h, w * 0.54, h * 0.5, darker(clay, 0.12), r=12)
        brush.oval(x, foot - h, w * 0.36, w * 0.08, lighter(clay, 0.2))
        brush.oval(x, foot - h * 0.4, w * 0.62, h * 0.4, clay)
        brush.oval(x - w * 0.2, foot - h * 0.46, w * 0.16, h * 0.24, lighter(clay, 0.18))
        for step in range(-2, 3):
            brush.flower(x + step * w * 0.2, foot - h * 0.38, w * 0.1, lighter(clay, 0.5))


def rattan(brush: Brush) -> None:
    """Woven baskets seen from above."""
    brush.window_light()
    for x, y, r in ((400, 400, 270), (850, 290, 190), (880, 640, 140)):
        brush.disc(x + 14, y + 20, r, brush.shadow())
        for step in range(9):
            tone = props.RATTAN if step % 2 else darker(props.RATTAN, 0.22)
            brush.disc(x, y, r * (1 - step * 0.105), tone)
        for turn in range(0, 360, 15):
            brush.line(
                [around(x, y, r * 0.2, turn), around(x, y, r * 0.97, turn)],
                4,
                darker(props.RATTAN, 0.32),
            )
    props.leaf(brush, 560, 690, 200, -24)
    props.leaf(brush, 575, 705, 170, 12, "#68a15c")


def _crown(brush: Brush, x: float) -> None:
    """The gilded front of a mask's crown."""
    for step in range(-3, 4):
        brush.disc(x + step * 62, 268 - (9 - step * step) * 3, 20, "#b3321f")
        brush.disc(x + step * 62 - 5, 262 - (9 - step * step) * 3, 7, "#e88873")
    brush.flower(x, 160, 66, "#fff3d0")


SCENES = {
    "fesyen": (batik_shirt, folded_cloth, scarves, sandals),
    "kriya": (batik_cloth, topeng, pottery, rattan),
}
