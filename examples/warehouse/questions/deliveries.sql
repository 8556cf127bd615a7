-- What has not arrived: of what is in doubt nobody knows whether it was sent, and a
-- person has to say so; what failed is sent by the next handoff route.
SELECT d.repo, d.kind, d.subject, d.service, d.target, d.state, d.tried_at, d.url
FROM handoff.deliveries d
WHERE d.state <> 'sent'
ORDER BY d.state, d.tried_at, d.repo, d.kind, d.subject, d.target;
