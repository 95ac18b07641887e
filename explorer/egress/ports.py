"""Ports on which websites may be visited."""

#: Chromium itself blocks most ports of other services, but not those below: what listens there executes
#: commands of every client, and some of it parses them from an HTTP request.
NOT_WEB = frozenset(
    {
        *(1433, 1521, 1883, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 4369, 5432, 5672, 5900),
        *(6379, 6380, 9042, 10250, 10255, 11211, 16379, 26379, 27017, 27018, 28015),
        # Chromium's unsafe ports from 1024 on (net/base/port_util.cc).
        *(1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669),
        *(6679, 6697, 10080),
    }
)


def is_web_port(port: int) -> bool:
    """Allows 80, 443, and all ports from 1024 on (8080, 8443, a container's) but those of other known
    services.
    """
    return port in (80, 443) or (port >= 1024 and port not in NOT_WEB)
