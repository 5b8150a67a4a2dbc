"""What the moves of hours are called in their timeline."""
from app.base.i18n import N_

HAPPENED = {
    "check_in": N_("Entrata"), "receive": N_("Entrata, segnata dal tutor"), "leave_open": N_("Manca l'uscita"), "check_out": N_("Uscita"),
    "see_out": N_("Uscita, segnata dal tutor"), "submit": N_("Ore inviate al tutor"), "hand_in": N_("Ore inviate dal tutor"),
    "submit_late": N_("Ore inviate in ritardo"), "admit": N_("Ritardo accettato"), "decline": N_("Ritardo non accettato"),
    "validate": N_("Ore convalidate"), "reject": N_("Ore respinte"), "contest": N_("Il tutor chiede all'ufficio"),
    "correct": N_("Ore corrette"), "reopen": N_("Convalida ritirata"), "dispute": N_("Contestazione"),
    "uphold": N_("L'ufficio riconosce le ore"), "dismiss": N_("L'ufficio non riconosce le ore"),
    "accept_excuse": N_("L'ufficio giustifica l'assenza"), "confirm_absence": N_("L'ufficio conferma l'assenza"),
    "lock": N_("Ore certificate"), "unlock": N_("Attestato non più valido"), "void": N_("Ore annullate"), "miss": N_("Assenza"),
    "excuse": N_("Assenza giustificata"), "blame": N_("Assenza non giustificata"), "call_off": N_("Turno annullato dall'ente"),
    "withdraw": N_("Tolto, era un errore"), "enter": N_("Ore registrate dal foglio"), "sign": N_("Ore convalidate, dal foglio firmato"),
}
