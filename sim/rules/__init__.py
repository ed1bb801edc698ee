"""The rules: one process of the week in each file, one public verb each. They know tables, parameters and chance;
no scenario, no file, no Mesa."""
