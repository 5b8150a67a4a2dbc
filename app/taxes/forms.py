"""What the tax office types and chooses."""
import re

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, SelectField

from app.base.forms import Form, Words
from app.base.i18n import gettext, lazy_gettext as _l
from app.base.tables import plain
from app.taxes.models import Tax


class ImportPositions(Form):
    """`checked` is the SHA-256 of the file that was shown: only that file is imported, any other is shown first."""

    comune = SelectField(_l("Comune"), coerce=int)
    file = FileField(_l("File delle posizioni (CSV)"), [FileRequired(_l("Scegli il file."))])
    checked = HiddenField()


class SearchPositions(Form):
    q = Words(_l("Nome, conto o avviso"), required=False)
    tributo = SelectField(_l("Tributo"), choices=lambda: [
        ("", gettext("Tutti")), *((tax.value, gettext(tax.label)) for tax in Tax)])
    anno = Words(_l("Anno"), required=False)

    def facts(self) -> dict:
        """The words of queries.positions. An address with a tax or a year that does not exist filters nothing."""
        year = re.fullmatch(r"[0-9]{4}", self.anno.data)
        tax = Tax(self.tributo.data) if self.tributo.data in set(Tax) else None
        return {"words": plain(self.q.data)[:200], "tax": tax, "year": int(year[0]) if year else None}
