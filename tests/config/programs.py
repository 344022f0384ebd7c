"""The programs of bin/ as modules, for tests."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from types import ModuleType

from django.conf import settings


def load(name: str) -> ModuleType:
    """bin/NAME, read afresh."""
    loader = SourceFileLoader(name, str(settings.BASE_DIR / "bin" / name))
    spec = spec_from_loader(name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module
