"""What is handed to those who run the bot: units, an image, and the page that says what to do with them."""
