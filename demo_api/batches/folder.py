"""Folder of a batch's films: a state file says what was asked for, and which film goes into which file."""

import fcntl
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from demo_api.batches.plan import Plan
from demo_api.client.batch_client import BatchAddress
from demo_api.client.output_files import FileRefused, part_of

STATE_FILE, REPORT_FILE = ".sitereel-batch.json", "report.json"

#: `waiting` is a film that is not there yet; the others are how its last attempt has ended.
FilmState = Literal["waiting", "completed", "failed", "cancelled", "skipped"]


class OtherBatch(FileRefused):
    """The folder holds the films of another batch. Nothing was filmed."""

    code = "other_batch"


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore")


class FilmRecord(_Record):
    """One film: its row, its file, and how its last attempt has ended."""

    row: int
    #: A bare name: whoever wrote the state says nothing of other folders.
    file: str = Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*\.(mp4|webm|gif)$")
    state: FilmState = "waiting"
    error: str | None = None
    error_code: str | None = None
    attempts: int = 0
    took_s: float | None = None
    film_s: float | None = None
    bytes: int | None = None
    steps: int = 0
    healed: int = 0


class RemoteBatch(_Record):
    """A batch on a server, and the row of each of its items."""

    server: str
    id: str
    key: str | None = None
    rows: list[int]

    @property
    def address(self) -> BatchAddress:
        return BatchAddress(self.id, self.key)


class _State(_Record):
    version: Literal[1] = 1
    digests: dict[str, str]
    date: str
    films: list[FilmRecord]
    batch: RemoteBatch | None = None


class BatchFolder:
    """The folder, and its state. Every change is written at once."""

    def __init__(self, path: Path, state: _State) -> None:
        self.path = path
        self._state = state

    @classmethod
    @contextmanager
    def opened(cls, path: Path, plan: Plan, *, fresh: bool = False) -> Iterator["BatchFolder"]:
        """Opens the folder, which is created if need be, for one process at a time.

        With `fresh` all films are made anew, under names that are free. Raises FileRefused, and OtherBatch
        if the folder's state is of another plan.
        """
        with _locked(path):
            begun = (path / STATE_FILE).exists()
            state = _read(path / STATE_FILE) if begun and not fresh else None
            if state is not None:
                _check_same(path, state, plan)
            elif not begun and (path / REPORT_FILE).exists():
                raise FileRefused(f"{path} has a {REPORT_FILE} already. Name another folder for the films.")
            else:
                taken = {entry.name for entry in path.iterdir()}
                files = free_names([film.file for film in plan.films], taken)
                pairs = zip(plan.films, files, strict=True)
                films = [FilmRecord(row=film.row, file=name) for film, name in pairs]
                state = _State(digests=dict(plan.digests), date=plan.date, films=films)
            folder = cls(path, state)
            folder.save()
            yield folder

    @property
    def date(self) -> str:
        """The day on which the batch was begun: what `{{date}}` stands for in all its films."""
        return self._state.date

    @property
    def films(self) -> Sequence[FilmRecord]:
        return self._state.films

    @property
    def batch(self) -> RemoteBatch | None:
        """The batch on a server that the films come from."""
        return self._state.batch

    def record(self, row: int) -> FilmRecord:
        return self._state.films[row - 1]

    def file(self, row: int) -> Path:
        return self.path / self.record(row).file

    def missing(self) -> list[int]:
        """Rows whose film is not there."""
        return [film.row for film in self.films if not self.file(film.row).exists()]

    def remember(self, batch: RemoteBatch | None) -> None:
        """Notes which batch the films come from."""
        self._state.batch = batch
        self.save()

    def note(self, row: int, **changes: Any) -> None:
        """Notes what has become of a film."""
        self._state.films[row - 1] = self.record(row).model_copy(update=changes)
        self.save()

    def save(self) -> None:
        """Writes the state, for its owner's eyes: it may hold a batch's key. Raises FileRefused."""
        _write(self.path / STATE_FILE, self._state.model_dump_json(indent=1), mode=0o600)

    def save_report(self, text: str) -> Path:
        """Writes the report. Raises FileRefused."""
        path = self.path / REPORT_FILE
        _write(path, text)
        return path


def free_names(wanted: Sequence[str], taken: Collection[str]) -> list[str]:
    """File names, of which doubles get -2, -3 and so on; letter case tells no two names apart."""
    used, names = {name.casefold() for name in taken}, []
    for file in wanted:
        stem, dot, ending = file.rpartition(".")
        name, count = file, 1
        while name.casefold() in used:
            count += 1
            name = f"{stem}-{count}{dot}{ending}"
        used.add(name.casefold())
        names.append(name)
    return names


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keeps other processes from the folder. Raises FileRefused."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as exc:
        raise FileRefused(f"{path} cannot be used as a folder for films: {exc.strerror}.") from exc
    try:
        _lock(folder, path)
        yield
    finally:
        os.close(folder)


def _lock(folder: int, path: Path) -> None:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        raise FileRefused(f"Films are being put into {path} already. Wait, or name another folder.") from exc


def _read(path: Path) -> _State:
    """The state of an earlier run. Raises FileRefused."""
    try:
        return _State.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as exc:
        raise FileRefused(
            f"{path} cannot be read. Give --fresh to film all rows anew: films that are there stay."
        ) from exc


def _check_same(path: Path, state: _State, plan: Plan) -> None:
    """Raises OtherBatch if the films would not be those that the folder was begun with."""
    changed = [name for name, digest in plan.digests.items() if state.digests.get(name) != digest]
    if [film.row for film in state.films] != [film.row for film in plan.films]:
        changed = changed or ["rows"]
    if changed:
        differ = "differs" if changed == ["script"] else "differ"
        raise OtherBatch(
            f"{path} was begun with another batch: the {' and '.join(changed)} {differ}. Name another "
            "folder, or give --fresh to film all rows anew: films that are there stay."
        )


def _write(path: Path, text: str, mode: int = 0o666) -> None:
    """Writes a file atomically. Raises FileRefused."""
    part, flags = part_of(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    try:
        with open(os.open(part, flags, mode), "w", encoding="utf-8") as file:
            file.write(text)
        part.replace(path)
    except OSError as exc:
        raise FileRefused(f"{path} could not be written: {exc.strerror}.") from exc
