"""The application: what `streamlit run` starts, and what it runs for every look at a page.

Streamlit imports this file once, for `app`: the server with its door, and what telephones are
given. It then runs it as a script for each look of each browser, and that is the router.
"""

import streamlit as st

if __name__ == "__main__":
    from dashboard import router

    router.route()
else:
    from dashboard.server import door, phones, warm

    app = st.App(
        __file__,
        lifespan=warm.lifespan,
        middleware=door.middleware(),
        routes=phones.routes(),
        on_script_error=door.on_error,
    )
