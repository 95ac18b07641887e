"""What counts for one film: the operator's options, the site file's, and what the request says."""

from pydantic import BaseModel

from actors.options import ExplorationOptions, FilmOptions
from actors.sites.site_file import SiteFile


def exploration_at(
    site: SiteFile | None, operator: ExplorationOptions, asked: BaseModel
) -> ExplorationOptions:
    """The operator's options, in whose place come those of the site file, and then what `asked` names.

    What is avoided adds up, and no limit is above that of the site file.
    """
    if site is None:
        return operator.changed(asked)
    options = operator.changed(site.exploration).changed(asked)
    avoid = [*site.exploration.avoid, *options.avoid]
    lower = {
        name: min(getattr(options, name), getattr(site.limits, name)) for name in site.limits.model_fields_set
    }
    return options.model_copy(update={"avoid": list(dict.fromkeys(avoid)), **lower})


def film_at(site: SiteFile | None, operator: FilmOptions, *asked: BaseModel | None) -> FilmOptions:
    """The operator's options, in whose place come those of the site file, and then of each of `asked`."""
    options = operator
    for one in (site.film if site else None, *asked):
        options = options.changed(one) if one else options
    return options
