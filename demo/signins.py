"""Who may sign in to the demo. Only the demo's loader makes these, and only where DEMO is set."""

from typing import NamedTuple


class SignIn(NamedTuple):
    """A demo user: the name and password to sign in with, the roles, and what for."""

    username: str
    role: str
    password: str
    may: str

    @property
    def roles(self) -> list[str]:
        """The groups of this user; an ASN gets theirs by activation."""
        return self.role.split(" + ")


SIGN_INS = (
    SignIn("editor", "editor", "kurasi-umkm-malang", "publishes UMKM, makes promotions"),
    SignIn(
        "penulis",
        "social_author + social_approver",
        "tulis-kabar-kota",
        "writes posts, approves what others wrote",
    ),
    SignIn("penyetuju", "social_approver", "mata-kedua-kota", "approves posts"),
    SignIn("auditor", "auditor", "periksa-perputaran", "reads the circulation, each look logged"),
    SignIn(
        "pimpinan", "leadership", "angka-kota-bulan-ini", "reads the city's figures and reports"
    ),
    SignIn(
        "koordinator", "coordinator", "ikut-serta-per-opd", "reads how many of each OPD take part"
    ),
    SignIn("administrator", "administrator", "kelola-pengguna-kota", "manages users and channels"),
    SignIn("integrator", "integrator", "papan-harga-pasar", "answers for a program's API client"),
    SignIn("asn1", "asn", "belanja-dekat-rumah", "records purchases"),
    SignIn("asn2", "asn", "belanja-tetangga-dua", "records purchases"),
)

BY_PROVIDER = "198508172010011001"
"""The NIP of the one invented ASN who signs in at the provider that the journey starts."""
