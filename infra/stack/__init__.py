"""The local stack: private PostgreSQL and RabbitMQ, the services and the workers, under one supervisor."""
