"""Which package acts when another one speaks. Read this to see every hidden link; each runs in the transaction of the fact."""
from app.baratto.actions import agreements
from app.hours.actions import presence
from app.hours.events import CertificateIssued, CertificateWithdrawn, HoursClaimed, HoursValidated, HoursWithdrawn
from app.people.events import PersonIdentified
from app.tasks.events import PlaceGivenUp, ShiftCalledOff, ShiftMoved
from app.taxes import actions as taxes

REACTIONS = {
    PersonIdentified: (taxes.link_known_positions,),
    PlaceGivenUp: (presence.refuse_given_up,),
    ShiftMoved: (presence.refuse_moved,),
    ShiftCalledOff: (presence.send_home,),
    HoursClaimed: (agreements.attach_hours,),
    HoursValidated: (agreements.enter_hours,),
    HoursWithdrawn: (agreements.withdraw_hours,),
    CertificateIssued: (agreements.enter_certificate,),
    CertificateWithdrawn: (agreements.withdraw_certificate,),
}
