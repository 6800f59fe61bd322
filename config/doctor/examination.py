"""Everything that `manage.py doctor` looks at."""

from config.doctor.files import disk, dump_folder, release, static_files
from config.doctor.mail import mail_domain, mail_server
from config.doctor.postgres import POSTGRES
from config.doctor.system_checks import settings_findings
from config.health.parts import READY, WORK, Finding, findings


def examine() -> list[Finding]:
    """Return what is found, whole even where a part is failing; without its tables nothing of the worker's work."""
    served = findings([*READY, *POSTGRES])
    is_served = all(each.is_well for each in served if each.part in {"database", "migrations"})
    work = findings(WORK) if is_served else []
    others = [static_files(), dump_folder(), disk(), mail_server(), mail_domain()]
    return [release(), *settings_findings(), *served, *work, *others]
