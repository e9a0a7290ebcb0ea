"""The portal's pages: rendered by the server, they read without a script; scripts add to them."""
