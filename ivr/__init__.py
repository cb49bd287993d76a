"""Call flows, pure: menus as data, validation, interpreter."""
