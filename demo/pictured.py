"""Which of a category's drawn pictures fits a name, so that a bowl of soto looks like one."""

VARIANTS = 5
"""Pictures drawn per category; shops and products share them."""

FITTING: dict[str, dict[str, int]] = {
    "kuliner": {"bakso": 0, "pecel": 1, "rawon": 2, "soto": 3},
    "camilan": {
        "keripik": 0,
        "jajan": 1,
        "jajanan": 1,
        "kue": 1,
        "roti": 2,
        "bluder": 2,
        "brownies": 3,
    },
    "minuman": {"kopi": 0, "es": 1, "teh": 1, "sinom": 2, "sari": 2, "jamu": 3, "wedang": 3},
    "sembako": {"beras": 0, "gula": 0, "sembako": 0, "telur": 1, "tepung": 2, "bumbu": 2},
    "fesyen": {"kemeja": 0, "batik": 0, "gamis": 1, "mukena": 1, "jilbab": 2, "sandal": 3},
    "kriya": {"batik": 0, "topeng": 1, "gerabah": 2, "rotan": 3, "anyaman": 3},
    "agribisnis": {"bibit": 0, "aglonema": 0, "sayur": 2, "selada": 2, "kebun": 2, "tani": 2},
    "kesehatan": {"jamu": 0, "kunyit": 0, "sabun": 1, "madu": 2},
    "rumah_tangga": {"rak": 0, "meja": 0, "mebel": 0, "keset": 1, "sapu": 2, "kemoceng": 2},
    "jasa": {"laundry": 0, "servis": 1, "bengkel": 1, "oli": 1, "pangkas": 2, "kurir": 3},
    "kreatif": {"mobil": 1, "puzzle": 1, "mainan": 1, "foto": 2},
    "acara": {"tumpeng": 0, "kotak": 1, "katering": 1, "hampers": 1, "dekorasi": 2},
}


def variant_for(category: str, name: str, *, number: int) -> int:
    """The picture of the first word that has one; for other names, one in turn."""
    fitting = FITTING[category]
    words = [word for word in name.lower().split() if word in fitting]
    return fitting[words[0]] if words else number % VARIANTS
