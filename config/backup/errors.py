class BackupError(Exception):
    """Why a backup or a restore cannot go on, as a sentence for an operator."""
