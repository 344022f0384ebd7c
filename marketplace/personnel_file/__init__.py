"""The personnel office's file: read, compared with what is known, shown, and carried over.

What a file says is planned before anything is written, by the page and by the command alike. Who is
not in a file is left alone: nobody leaves by silence.
"""
