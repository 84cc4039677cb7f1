"""The documentation as a site: `make docs`. https://www.sphinx-doc.org/en/master/usage/configuration.html"""

project = "airflow-on-eks"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = project
html_show_sphinx = False
myst_heading_anchors = 3
