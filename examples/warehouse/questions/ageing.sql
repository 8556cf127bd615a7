-- How long handoffs have waited for a verdict, by boundary: fresh less than a day,
-- aging less than three, stale less than a week. A handoff to people of two teams
-- waits at two boundaries.
SELECT b."by", b."from", b."to", count(*) AS waiting,
  count(*) FILTER (WHERE c.at > r.read_at - INTERVAL '1 day') AS fresh,
  count(*) FILTER (WHERE c.at <= r.read_at - INTERVAL '1 day' AND c.at > r.read_at - INTERVAL '3 days') AS aging,
  count(*) FILTER (WHERE c.at <= r.read_at - INTERVAL '3 days' AND c.at > r.read_at - INTERVAL '7 days') AS stale,
  count(*) FILTER (WHERE c.at <= r.read_at - INTERVAL '7 days') AS old
FROM handoff.chains c
JOIN handoff.repos r ON r.repo = c.repo
JOIN handoff.handoffs h ON h.repo = c.repo AND h.id = c.latest
JOIN handoff.boundaries b ON b.repo = c.repo AND b.handoff = c.handoff
WHERE c.awaited AND h.unacked
GROUP BY 1, 2, 3
ORDER BY waiting DESC, 1, 2, 3;
