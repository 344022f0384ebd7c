"""Names that nobody bears and no firm has, drawn from a seeded random number generator."""

from random import Random

GIVEN = (
    "Adiraka", "Arunika", "Bayusena", "Birama", "Candrika", "Damarjati", "Dwipangga", "Eka Rinonce",
    "Galuhita", "Gendhis", "Harsaya", "Indurasmi", "Jatmika", "Kanaya", "Kirana", "Larasita",
    "Lembayung", "Maheswari", "Nawang", "Niskala", "Padmarini", "Pijar", "Prameswara", "Raksaka",
    "Rengganis", "Sadewa", "Sekarjati", "Senandika", "Tirtasari", "Wanodya", "Widuri", "Yudhanta",
)  # fmt: skip
FAMILY = (
    "Andaikanto", "Angankusuma", "Ceritaningsih", "Contohwati", "Fiktianto", "Fiktiwati",
    "Ibaratno", "Imajinara", "Karangsari", "Khayalanto", "Lakonwati", "Misalnanto", "Misalwati",
    "Permisalan", "Rekaprana", "Rekasari", "Rekawan", "Semisalia", "Umpamasari", "Umpamawan",
)  # fmt: skip

KINDS = {
    "kuliner": ("Warung", "Depot", "Dapur", "Kedai", "Pawon"),
    "camilan": ("Camilan", "Keripik", "Jajanan", "Roti", "Kue"),
    "minuman": ("Kedai Kopi", "Wedang", "Jamu", "Es", "Teh"),
    "sembako": ("Toko", "Kios", "Warung Sembako", "Agen Telur"),
    "fesyen": ("Batik", "Butik", "Penjahit", "Konveksi"),
    "kriya": ("Kriya", "Sanggar", "Gerabah", "Anyaman"),
    "agribisnis": ("Kebun", "Tani", "Bibit", "Sayur"),
    "kesehatan": ("Jamu", "Sabun", "Pijat", "Herbal"),
    "rumah_tangga": ("Mebel", "Perabot", "Tirai", "Rumah"),
    "jasa": ("Laundry", "Bengkel", "Pangkas", "Servis"),
    "kreatif": ("Studio", "Cetak", "Mainan", "Galeri"),
    "acara": ("Katering", "Dekorasi", "Rias", "Hampers"),
}
FIRST = (
    "Ara", "Banyu", "Cempa", "Danu", "Embun", "Gami", "Ijo", "Jenggi", "Kalpa", "Lintang", "Mega",
    "Nira", "Ombak", "Pelita", "Rindang", "Sela", "Temu", "Uwi", "Wana", "Yasa",
)  # fmt: skip
LAST = (
    "barika", "citra", "dipa", "gayatri", "jaya", "kirana", "luhur", "mulya", "nanda", "pura",
    "rasa", "sari", "tala", "utami", "wangi", "wiguna",
)  # fmt: skip


def person(chance: Random) -> str:
    """A full name whose last word says that it is invented ("Contohwati": such-as)."""
    return f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"


def shop(chance: Random, category: str) -> str:
    """The name of a shop: what it is, and a word that stands in no dictionary."""
    return f"{chance.choice(KINDS[category])} {chance.choice(FIRST)}{chance.choice(LAST)}"
