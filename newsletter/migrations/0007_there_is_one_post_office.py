from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0006_sending")]

    operations = [
        migrations.AlterModelOptions("postoffice", {"verbose_name_plural": "post office"}),
    ]
