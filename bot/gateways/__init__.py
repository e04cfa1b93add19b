"""The payment gateways behind the port: a module each."""
