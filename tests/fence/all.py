"""Every vector there is."""

from tests.fence.elements import elements, redirects
from tests.fence.leaving import headers, navigations, schemes
from tests.fence.naming import disguises, our_own, rebinding
from tests.fence.peers import peers
from tests.fence.scripting import requests, service_workers, speculation, workers
from tests.fence.vectors import Vector


def every_vector() -> list[Vector]:
    return [
        *elements(),
        *redirects(),
        *requests(),
        *workers(),
        *service_workers(),
        *speculation(),
        *navigations(),
        *schemes(),
        *headers(),
        *disguises(),
        *rebinding(),
        *our_own(),
        *peers(),
    ]
