"""What a run has found, as a table."""

from tests.attacks.egress.attack import Outcome

LINE = "{:32} {:>8} {:>10} {:>11} {:>11}"


def table(outcome: Outcome, without: Outcome) -> str:
    """A line a family; `without` is the run without the proxy, which says how many vectors could leak."""
    lines = [LINE.format("family", "vectors", "unfenced", "leaked TCP", "leaked UDP")]
    could_leak = 0
    for name, row in outcome.rows.items():
        open_to = len({mark for mark in without.rows[name].tcp + without.rows[name].udp if mark})
        shown = open_to or min(row.vectors, without.rows[name].leaked_tcp + without.rows[name].leaked_udp)
        could_leak += shown
        lines.append(LINE.format(name, row.vectors, shown, row.leaked_tcp, row.leaked_udp))
    lines.append(
        LINE.format("total", len(outcome.vectors), could_leak, outcome.leaked_tcp, outcome.leaked_udp)
    )
    return "\n".join(lines)


def details(outcome: Outcome) -> str:
    """What else must be nothing, and what the proxy has noted; leaks by name."""
    quiet = {
        "TCP connections past the proxy": sorted(outcome.past_the_proxy),
        "names asked of the system": sorted(outcome.names_asked),
        "datagrams sent": outcome.sockets.datagrams,
        "addresses dialed by the proxy that are not the site": sorted(set(outcome.escapes)),
        "connections to the site that are not the proxy's": outcome.strangers,
        "hosts that the browser asked for on its own account": sorted(outcome.calls_home),
        "fields that tell the site of a proxy": sorted(outcome.telling),
    }
    lines = [f"{what}: {found or 'none'}" for what, found in quiet.items()]
    lines.append("refused: " + ", ".join(f"{count} {rule}" for rule, count in outcome.rules.most_common()))
    marks = {mark for row in outcome.rows.values() for mark in row.tcp + row.udp if mark}
    lines += [f"LEAK {outcome.vectors[mark].family}: {outcome.vectors[mark].name}" for mark in sorted(marks)]
    return "\n".join(lines)
