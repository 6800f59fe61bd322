from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0006_sending")]

    operations = [
        migrations.AlterModelOptions("sendinggate", {"verbose_name_plural": "sending gate"}),
    ]
