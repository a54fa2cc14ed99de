"""Products in a file and back: Shopify's product CSV (https://help.shopify.com/en/manual/products/import-export/using-csv)."""
