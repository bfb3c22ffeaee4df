"""Which sources there are: the packaged site files and the user's own. Finds and checks; fetches nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from crawler.errors import SourceError, SourceProblem, UrlError
from crawler.sources.address import locate
from crawler.sources.reading import read_source
from crawler.sources.source import Edition, Source

PACKAGED = Path(__file__).parent / "sites"


class Registry:
    """Every source that can be crawled, and what is wrong with the files of the others."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        paths: Mapping[str, Path],
        *,
        problems: Sequence[SourceProblem] = (),
        replaced: Mapping[str, Path] | None = None,
    ) -> None:
        self.sources: Mapping[str, Source] = MappingProxyType({key: sources[key] for key in sorted(sources)})
        self.problems = tuple(problems)
        """All of them, of all files."""
        self.replaced: Mapping[str, Path] = MappingProxyType(dict(replaced or {}))
        """Id -> the packaged file whose place a user's file took."""
        self._paths = dict(paths)

    @classmethod
    def load(cls, folders: Sequence[Path] = ()) -> Registry:
        """Read the packaged site files, then every `*.toml` of the user's folders.

        A user's file with a packaged id replaces that source. A broken file becomes problems and hides no other file;
        where it was to replace a packaged source, the packaged one stays. Raises nothing about files.
        """
        return cls._of((PACKAGED, *folders))

    @classmethod
    def _of(cls, folders: Sequence[Path]) -> Registry:
        sources: dict[str, Source] = {}
        paths: dict[str, Path] = {}
        problems: list[SourceProblem] = []
        replaced: dict[str, Path] = {}
        for path in _files(folders, problems):
            source, found = _read(path)
            problems += found
            if source is None:
                continue
            taken = paths.get(source.id)
            if taken is not None and taken.parent != PACKAGED:
                problems.append(
                    SourceProblem(str(path), "id", source.id, f"{taken} has this id already; choose another")
                )
                continue
            if taken is not None:
                replaced[source.id] = taken
            sources[source.id] = source
            paths[source.id] = path
        return cls(sources, paths, problems=problems, replaced=replaced)

    def get(self, source_id: str) -> Source:
        """Return the source of that id.

        Raises:
            SourceError: there is none; it carries the problems of its file, or names the nearest ids.
        """
        if source_id in self.sources:
            return self.sources[source_id]
        of_its_file = [problem for problem in self.problems if Path(problem.file).stem == source_id]
        if of_its_file:
            raise SourceError(of_its_file)
        nearest = self.nearest(source_id)
        hint = f"did you mean {' or '.join(nearest)}?" if nearest else f"there are: {', '.join(self.sources) or 'none'}"
        raise SourceError([SourceProblem("sources", "id", source_id, f"no source has this id; {hint}")])

    def nearest(self, source_id: str) -> tuple[str, ...]:
        """Up to three ids of sources that are spelled nearly as this one, the nearest first."""
        return tuple(difflib.get_close_matches(source_id, self.sources, n=3, cutoff=0.5))

    def path_of(self, source_id: str) -> Path:
        """Return the file that declares a source; raises SourceError as `get` does."""
        return self._paths[self.get(source_id).id]

    def by_url(self, url: str) -> tuple[Source, Edition] | None:
        """Return the source and edition an address belongs to, mirrors included; None when it is no one's.

        Where several have the host, one whose article pattern fits goes first.
        """
        belonging: tuple[Source, Edition] | None = None
        for source in self.sources.values():
            try:
                address = locate(url, source)
            except UrlError:
                return None
            if address and address.is_article:
                return source, address.edition
            if address and belonging is None:
                belonging = source, address.edition
        return belonging


def read_one(source_id: str, folders: Sequence[Path] = ()) -> Source | None:
    """Return the source of that id as `Registry.load(folders).get` would, by reading its own file only.

    None when no file of that name declares it; the registry says why. For crawls: each begins with this.
    """
    for folder in (*folders, PACKAGED):
        path = folder / f"{source_id}.toml"
        if path.is_file() and (source := _read(path)[0]):
            return source
    return None


def _read(path: Path) -> tuple[Source | None, tuple[SourceProblem, ...]]:
    """What `read_source` says of a file, which is read again only when it was written to or replaced."""
    try:
        status = path.stat()
    except OSError:  # it says why
        return read_source(path)
    return _read_as_it_was(path, status.st_ino, status.st_ctime_ns, status.st_size)


# A crawl's process is forked from one that has read all files: so it finds its own here.
@lru_cache(maxsize=4_096)
def _read_as_it_was(path: Path, *_of_the_file: int) -> tuple[Source | None, tuple[SourceProblem, ...]]:
    return read_source(path)


def _files(folders: Sequence[Path], problems: list[SourceProblem]) -> Iterator[Path]:
    """The site files of each folder, once, in the order of their names; a folder that cannot be read is a problem."""
    seen: set[Path] = set()
    for folder in folders:
        try:
            paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
        except OSError as error:
            problems.append(SourceProblem(str(folder), "", "", f"the folder cannot be read: {error.strerror}"))
            continue
        for path in paths:
            if path.resolve() not in seen:
                seen.add(path.resolve())
                yield path
