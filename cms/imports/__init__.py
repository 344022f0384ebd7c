"""Shops and products by the file: read, checked, carried into the catalogue, and taken back.

`sheets` reads any file into rows, `columns` says what their cells mean, `planning` compares them
with the catalogue, `checking` keeps the comparison as the lines of a dry run, `carrying` writes and
takes back, `templates` writes the file to begin with.
"""
