"""Remote calls: one module for the wire format, thin carriers for threads, for asyncio and for nameko."""
