"""A certifier locks validated hours, and takes a certificate back; anybody with the paper checks it."""
from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.access import May
from app.base import documents, passages
from app.base.forms import refusals
from app.base.i18n import gettext as _
from app.guards import public, requires
from app.hours import actions, queries
from app.hours.forms import AnnulCertificate, Certify, Reason, ReplaceCertificate, VerifyCertificate
from app.hours.rules.codes import plain
from app.hours.views import bp, papers

PER_PAGE = 50


@bp.get("/certificati")
@requires(May.CERTIFICATE_ISSUE)
def certificates():
    issued = queries.certificates(seen_by=current_user, before=request.args.get("prima", type=int), limit=PER_PAGE + 1)
    return render_template("hours/certificates.html", waiting=queries.to_certify(seen_by=current_user),
                           volunteers=queries.to_attest(seen_by=current_user), issued=issued[:PER_PAGE], more=len(issued) > PER_PAGE)


@bp.route("/certificati/patto/<int:agreement_id>", methods=["GET", "POST"])
@requires(May.CERTIFICATE_ISSUE)
def certify(agreement_id):
    waiting = queries.to_certify_of(agreement_id, seen_by=current_user)
    return _issue(waiting, lambda seen: actions.certify(agreement_id, seen=seen, by=current_user))


@bp.route("/certificati/persona/<int:comune_id>/<int:person_id>", methods=["GET", "POST"])
@requires(May.CERTIFICATE_ISSUE)
def attest(comune_id, person_id):
    waiting = queries.to_attest_of(person_id, comune_id, seen_by=current_user)
    return _issue(waiting, lambda seen: actions.attest(waiting[0].person, comune_id, seen=seen, by=current_user))


@bp.get("/certificati/<int:certificate_id>")
@requires(May.AREA_SEE)
def certificate(certificate_id):
    """For the person, the certifier and the tax office: the query says who."""
    certificate = queries.certificate(certificate_id, seen_by=current_user)
    return render_template("hours/certificate.html", certificate=certificate, supplements=queries.supplements(certificate),
                           withdrawn=None if certificate.valid else passages.passages(certificate)[-1],
                           may_withdraw=certificate.valid and certificate.comune_id in current_user.reach(May.CERTIFICATE_ISSUE).comuni)


@bp.get("/certificati/<int:certificate_id>.pdf")
@requires(May.AREA_SEE)
def certificate_file(certificate_id):
    certificate = queries.certificate(certificate_id, seen_by=current_user)
    return documents.as_download(papers.certificate_pdf(certificate), f"attestato-{certificate.year}-{certificate.number:03}")


@bp.route("/certificati/<int:certificate_id>/annulla", methods=["GET", "POST"])
@requires(May.CERTIFICATE_ISSUE)
def annul_certificate(certificate_id):
    certificate = queries.certificate(certificate_id, seen_by=current_user, permission=May.CERTIFICATE_ISSUE)
    form = AnnulCertificate()
    if form.accepted():
        with refusals(form):
            actions.annul(certificate, reason=form.reason.data, by=current_user)
            flash(_("L'attestato è annullato. Le sue ore aspettano un nuovo attestato."), "success")
            return redirect(url_for("hours.certificate", certificate_id=certificate_id), 303)
    return render_template("hours/withdraw_certificate.html", form=form, certificate=certificate), form.status


@bp.route("/certificati/<int:certificate_id>/sostituisci", methods=["GET", "POST"])
@requires(May.CERTIFICATE_ISSUE)
def replace_certificate(certificate_id):
    certificate = queries.certificate(certificate_id, seen_by=current_user, permission=May.CERTIFICATE_ISSUE)
    form = ReplaceCertificate(keep=[line.attendance_id for line in certificate.lines])
    form.keep.choices = [(line.attendance_id, papers.described(line)) for line in certificate.lines]
    if form.accepted():
        with refusals(form):
            successor = actions.replace(certificate, keep=form.keep.data, reason=form.reason.data, by=current_user)
            flash(_("Fatto: ora vale questo attestato."), "success")
            return redirect(url_for("hours.certificate", certificate_id=successor.id), 303)
    return render_template("hours/withdraw_certificate.html", form=form, certificate=certificate), form.status


@bp.route("/certificati/ore/<int:attendance_id>/annulla", methods=["GET", "POST"])
@requires(May.CERTIFICATE_ISSUE)
def void(attendance_id):
    """Validated hours that were not hours: they are taken out for good, before any certificate holds them."""
    attendance, form = queries.to_void(attendance_id, seen_by=current_user), Reason()
    if form.accepted():
        with refusals(form):
            actions.void(attendance, reason=form.reason.data, by=current_user)
            flash(_("Le ore sono annullate. Restano scritte nella storia, con il motivo."), "success")
            return redirect(url_for("hours.certificates"), 303)
    return render_template("hours/void.html", attendance=attendance, form=form), form.status


@bp.get("/verifica")
@public
def verify():
    """Where to type the code of a paper in hand."""
    form = VerifyCertificate(request.args)
    if request.args and form.validate():
        return redirect(url_for("hours.verified", code=plain(form.code.data)), 303)
    return render_template("hours/verify.html", form=form), form.status


@bp.get("/verifica/<code>")
@public
def verified(code):
    """Confirms number, date and minutes, and that the certificate still holds. Nothing else: no name, no place, no agreement."""
    certificate = queries.by_code(code)
    page = render_template("hours/verified.html", certificate=certificate,
                           withdrawn=None if certificate.valid else passages.passages(certificate)[-1])
    return page, {"X-Robots-Tag": "noindex", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


def _issue(waiting, issue):
    form = Certify()
    if form.accepted():
        with refusals(form):
            certificate = issue(form.seen.data)
            return redirect(url_for("hours.certificate", certificate_id=certificate.id), 303)
    rows = queries.of_oldest_year(waiting)
    return render_template("hours/certify.html", form=form, rows=rows, later=len(waiting) - len(rows), agreement_id=rows[0].agreement_id,
                           undecided=queries.of_same_year(rows[0], queries.undecided(rows[0])),
                           supplements=queries.supplemented(rows[0]), seen=actions.digest(rows)), form.status
