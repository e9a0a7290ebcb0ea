"""What handlers receive by name."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from api.services import Services
from schemas.identity import Caller


def services_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Services:
    """Return the bundle that the application was started with."""
    services: Services = connection.app.state.services
    return services


def provide_services(state: State) -> Services:
    """Give a handler the bundle."""
    services: Services = state.services
    return services


def provide_caller(request: Request[Caller, Any, Any]) -> Caller:
    """Give a handler the caller that the guard has found."""
    return request.user


# Not validated: they are ours, and checking them field by field would cost a request milliseconds.
TheServices = NamedDependency[SkipValidation[Services]]
"""The bundle, as a handler declares it under the name ``services``."""
TheCaller = NamedDependency[SkipValidation[Caller]]
"""The caller, as a handler declares it under the name ``caller``."""
DEPENDENCIES: Final = {
    "services": Provide(provide_services, sync_to_thread=False),
    "caller": Provide(provide_caller, sync_to_thread=False),
}
