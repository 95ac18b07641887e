"""Every vector there is."""

from tests.attacks.egress.elements import elements, redirects
from tests.attacks.egress.leaving import headers, navigations, schemes
from tests.attacks.egress.naming import disguises, our_own, rebinding
from tests.attacks.egress.peers import peers
from tests.attacks.egress.scripting import requests, service_workers, speculation, workers
from tests.attacks.egress.vectors import Vector


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
