-- By how much each block up to :block changed the supply. A row a block that minted or burnt: its number and the eight
-- limbs of what it minted less what it burnt. Account 0 is the zero address.
SELECT
    block,
    SUM(CASE WHEN s = 0 THEN u0 ELSE 0 END - CASE WHEN r = 0 THEN u0 ELSE 0 END) AS u0,
    SUM(CASE WHEN s = 0 THEN u1 ELSE 0 END - CASE WHEN r = 0 THEN u1 ELSE 0 END) AS u1,
    SUM(CASE WHEN s = 0 THEN u2 ELSE 0 END - CASE WHEN r = 0 THEN u2 ELSE 0 END) AS u2,
    SUM(CASE WHEN s = 0 THEN u3 ELSE 0 END - CASE WHEN r = 0 THEN u3 ELSE 0 END) AS u3,
    SUM(CASE WHEN s = 0 THEN u4 ELSE 0 END - CASE WHEN r = 0 THEN u4 ELSE 0 END) AS u4,
    SUM(CASE WHEN s = 0 THEN u5 ELSE 0 END - CASE WHEN r = 0 THEN u5 ELSE 0 END) AS u5,
    SUM(CASE WHEN s = 0 THEN u6 ELSE 0 END - CASE WHEN r = 0 THEN u6 ELSE 0 END) AS u6,
    SUM(CASE WHEN s = 0 THEN u7 ELSE 0 END - CASE WHEN r = 0 THEN u7 ELSE 0 END) AS u7
FROM transfer
WHERE block <= :block AND (s = 0 OR r = 0)
GROUP BY block
