"""A whole bar without Telegram: to be tried in the browser, toured, and pictured for the README."""
