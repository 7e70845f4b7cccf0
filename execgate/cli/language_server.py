"""The language server: what editors ask, put to `policy.editing`, and its answers in their units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from lsprotocol import types as lsp
from pygls import uris
from pygls.lsp.server import LanguageServer

from execgate import __version__
from execgate.cli import inputs
from execgate.errors import PolicyError
from execgate.model.source import Span
from execgate.policy.editing import Folder, Symbol, complete, definition, hover, outline
from execgate.policy.format import decoded, formatted
from execgate.policy.problems import Problem

_SUFFIX = ".policy"
_SEVERITIES = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "note": lsp.DiagnosticSeverity.Information,
}
_COMPLETIONS = {
    "keyword": lsp.CompletionItemKind.Keyword,
    "constraint": lsp.CompletionItemKind.Property,
    "setting": lsp.CompletionItemKind.Property,
    "unit": lsp.CompletionItemKind.Unit,
    "value": lsp.CompletionItemKind.EnumMember,
    "set": lsp.CompletionItemKind.Variable,
    "agent": lsp.CompletionItemKind.Class,
    "attribute": lsp.CompletionItemKind.Field,
    "phase": lsp.CompletionItemKind.Enum,
    "window": lsp.CompletionItemKind.Variable,
    "capability": lsp.CompletionItemKind.Interface,
}
_SYMBOLS = {
    "agent": lsp.SymbolKind.Class,
    "grant": lsp.SymbolKind.Interface,
    "constraint": lsp.SymbolKind.Property,
    "rule": lsp.SymbolKind.Function,
    "set": lsp.SymbolKind.Variable,
    "phases": lsp.SymbolKind.Enum,
    "window": lsp.SymbolKind.Event,
}


def server() -> LanguageServer:
    """Return the language server, ready to be started."""
    made = LanguageServer("execgate", __version__)

    @made.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(one: LanguageServer, params: lsp.DidOpenTextDocumentParams) -> None:
        _Desk(one, params.text_document.uri).publish()

    @made.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(one: LanguageServer, params: lsp.DidChangeTextDocumentParams) -> None:
        _Desk(one, params.text_document.uri).publish()

    @made.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(one: LanguageServer, params: lsp.DidSaveTextDocumentParams) -> None:
        _Desk(one, params.text_document.uri).publish()

    @made.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(one: LanguageServer, params: lsp.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        one.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))

    @made.feature(
        lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=['"', ":", "[", ",", ".", " "])
    )
    def completed(one: LanguageServer, params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
        return _Desk(one, params.text_document.uri).complete(params.position)

    @made.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hovered(one: LanguageServer, params: lsp.HoverParams) -> lsp.Hover | None:
        return _Desk(one, params.text_document.uri).hover(params.position)

    @made.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def defined(one: LanguageServer, params: lsp.DefinitionParams) -> lsp.Location | None:
        return _Desk(one, params.text_document.uri).definition(params.position)

    @made.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outlined(one: LanguageServer, params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        return _Desk(one, params.text_document.uri).symbols()

    @made.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    def laid_out(one: LanguageServer, params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
        return _Desk(one, params.text_document.uri).layout()

    return made


class _Desk:
    """One document, with all policies of its folder as the editor has them."""

    def __init__(self, one: LanguageServer, uri: str) -> None:
        self._server = one
        self._uri = uri
        self._codec = one.workspace.position_codec
        opened = {document: held.source for document, held in one.workspace.text_documents.items()}
        self._file = uris.to_fs_path(uri) or uri
        files = {self._file: opened.get(uri, "")}
        self._uris = {self._file: uri}
        if Path(self._file).suffix == _SUFFIX:
            folder = Path(self._file).parent
            for path in _saved(folder):
                files.setdefault(str(path), _text(path))
            for other, source in opened.items():
                path = Path(uris.to_fs_path(other) or other)
                if path.suffix == _SUFFIX and path.parent == folder:
                    files[str(path)] = source
                    self._uris[str(path)] = other
        self._folder = Folder(dict(sorted(files.items())))

    def publish(self) -> None:
        """Tell the editor what there is to say of every document of the folder that is open."""
        for file, problems in self._folder.problems().items():
            uri = self._uris.get(file)
            if uri is not None:
                diagnostics = [self._diagnostic(file, problem) for problem in problems]
                self._server.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, diagnostics))

    def _diagnostic(self, file: str, problem: Problem) -> lsp.Diagnostic:
        span = problem.clause.span if problem.clause is not None else Span(1, 0, 1, 0)
        message = problem.message if problem.help is None else f"{problem.message}\nhelp: {problem.help}"
        return lsp.Diagnostic(
            self._range(file, span),
            message,
            severity=_SEVERITIES[problem.severity.value],
            source="execgate",
        )

    def complete(self, position: lsp.Position) -> list[lsp.CompletionItem]:
        line, column = self._place(position)
        return [
            lsp.CompletionItem(
                label=item.label,
                kind=_COMPLETIONS[item.kind],
                documentation=lsp.MarkupContent(lsp.MarkupKind.Markdown, item.documentation)
                if item.documentation
                else None,
                # What fits to what was typed was chosen already, and quotes are part of what is replaced.
                filter_text=item.text,
                text_edit=lsp.TextEdit(
                    self._range(self._file, Span(line, item.start, line, column)), item.text
                ),
            )
            for item in complete(self._folder, self._file, line, column)
        ]

    def hover(self, position: lsp.Position) -> lsp.Hover | None:
        text = hover(self._folder, self._file, *self._place(position))
        return None if text is None else lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, text))

    def definition(self, position: lsp.Position) -> lsp.Location | None:
        clause = definition(self._folder, self._file, *self._place(position))
        if clause is None:
            return None
        uri = self._uris.get(clause.file) or uris.from_fs_path(clause.file) or self._uri
        return lsp.Location(uri, self._range(clause.file, clause.span))

    def symbols(self) -> list[lsp.DocumentSymbol]:
        return [self._symbol(one) for one in outline(self._folder, self._file)]

    def _symbol(self, symbol: Symbol) -> lsp.DocumentSymbol:
        span = self._range(self._file, _around(symbol))
        return lsp.DocumentSymbol(
            symbol.name or "?",
            _SYMBOLS[symbol.kind],
            span,
            self._range(self._file, symbol.span),
            children=[self._symbol(child) for child in symbol.children],
        )

    def layout(self) -> list[lsp.TextEdit]:
        before = self._folder.files[self._file]
        try:
            after = formatted(before, self._file)
        except PolicyError:
            return []
        if after == before:
            return []
        lines = before.split("\n")
        whole = Span(1, 0, len(lines), len(lines[-1]))
        return [lsp.TextEdit(self._range(self._file, whole), after)]

    def _lines(self, file: str) -> Sequence[str]:
        return self._folder.files[file].split("\n")

    def _place(self, position: lsp.Position) -> tuple[int, int]:
        """Return the line and column that an editor's position stands for."""
        lines = self._lines(self._file)
        inside = lsp.Position(min(position.line, len(lines) - 1), position.character)
        found = self._codec.position_from_client_units(lines, inside)
        return found.line + 1, found.character

    def _range(self, file: str, span: Span) -> lsp.Range:
        start = lsp.Position(span.line - 1, span.column)
        end = lsp.Position(span.end_line - 1, span.end_column)
        return self._codec.range_to_client_units(self._lines(file), lsp.Range(start, end))


def _around(symbol: Symbol) -> Span:
    """Return the place of a symbol with all that is in it."""
    last = symbol.children[-1] if symbol.children else None
    if last is None:
        return symbol.span
    inner = _around(last)
    return Span(symbol.span.line, symbol.span.column, inner.end_line, inner.end_column)


def _saved(folder: Path) -> Iterable[Path]:
    try:
        return sorted(
            path for path in folder.iterdir() if path.suffix == _SUFFIX and not path.name.startswith(".")
        )
    except OSError:
        return ()


def _text(path: Path) -> str:
    """Return what a file holds; one that can't be read is told when it is opened, or loaded."""
    read = inputs.read(str(path))
    try:
        return decoded(read.data, str(path))
    except PolicyError:
        return ""
