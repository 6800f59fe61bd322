from web.retention.rules import StatedRule, register

register(
    StatedRule(
        name="backups",
        what="Backups of the database, which still hold what was deleted since",
        kept="the newest of each of the last days and weeks; others are deleted after a new one was verified",
        where="the folder BACKUP_DIR",
        named_settings=("BACKUP_KEEP_DAYS", "BACKUP_KEEP_WEEKS"),
    ),
)
