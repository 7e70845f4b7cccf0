# ruff: noqa: E501 - a signature stands on one line
"""Databases of documents and of keys: MongoDB, Redis, Elasticsearch and their like.

The collection or index stands for the table.  Redis has no tables: what its commands do says the operation.
"""

from __future__ import annotations

from execgate.operations.effects import Connects, Sql
from execgate.operations.entry import Does, Table, effect, nothing, returns

CLIENT = "pymongo.MongoClient"
DATABASE = "pymongo.database.Database"
COLLECTION = "pymongo.collection.Collection"
REDIS = "redis.Redis"
ELASTIC = "elasticsearch.Elasticsearch"
NAME = "self.name+self.part"


def _mongo(operation: str) -> Does:
    return effect(Sql(operation=operation, table=NAME))


def _redis(operation: str, names: str) -> Table:
    does = effect(Sql(operation=operation))
    return {f"{REDIS}.{name}(self, *args, **kwargs)": does for name in names.split()}


MONGO = effect(Connects("host", port="port", scheme="mongodb", default="localhost"), gives=CLIENT)

_FINDS = """
    aggregate aggregate_raw_batches count_documents distinct estimated_document_count find find_one
    find_raw_batches index_information list_indexes list_search_indexes watch count to_list
"""
_CHANGES = {
    "insert": "insert_many insert_one",
    "update": "find_one_and_replace find_one_and_update replace_one update_many update_one",
    "delete": "delete_many delete_one find_one_and_delete",
    "create": "create_index create_indexes create_search_index create_search_indexes",
    "drop": "drop drop_index drop_indexes drop_search_index",
    "alter": "rename update_search_index",
    "execute": "bulk_write map_reduce",
}

_REDIS_READS = """
    acl_whoami bitcount bitfield_ro bitpos client_getname client_id client_info client_list command_count
    config_get dbsize digest dump echo exists expiretime geodist geohash geopos georadius georadiusbymember
    geosearch get getbit getrange hexists hexpiretime hget hgetall hkeys hlen hmget hpexpiretime hpttl
    hrandfield hscan hscan_iter hstrlen httl hvals info keys lastsave lcs lindex llen lpos lrange memory_stats
    memory_usage mget object pexpiretime pfcount pttl pubsub pubsub_channels pubsub_numpat
    pubsub_numsub randomkey role scan scan_iter scard script_exists sdiff sinter sintercard sismember
    slowlog_get slowlog_len smembers smismember sort_ro srandmember sscan sscan_iter strlen substr sunion time
    ttl type xinfo_consumers xinfo_groups xinfo_stream xlen xpending xpending_range xrange xread xrevrange
    zcard zcount zdiff zinter zintercard zlexcount zmscore zrandmember zrange zrangebylex zrangebyscore zrank
    zrevrange zrevrangebylex zrevrangebyscore zrevrank zscan zscan_iter zscore zunion
"""
_REDIS_WRITES = """
    append bitfield bitop blmove brpoplpush copy decr decrby expire expireat geoadd geosearchstore getex getset
    hexpire hexpireat hgetex hincrby hincrbyfloat hmset hpersist hpexpire hpexpireat hset hsetex hsetnx incr
    incrby incrbyfloat linsert lmove lock lpush lpushx lset mset msetex msetnx persist pexpire pexpireat pfadd
    pfmerge psetex publish register_script rename renamenx restore rpoplpush rpush rpushx sadd sdiffstore set
    setbit setex setnx setrange sinterstore smove sort spublish sunionstore touch watch xack xadd xautoclaim
    xclaim xgroup_create xgroup_createconsumer xgroup_setid xreadgroup zadd zdiffstore zincrby zinterstore
    zrangestore zunionstore
"""
_REDIS_DELETES = """
    blmpop blpop brpop bzmpop bzpopmax bzpopmin delete delex getdel hdel hgetdel lmpop lpop lrem ltrim rpop spop
    srem unlink xdel xgroup_delconsumer xgroup_destroy xtrim zmpop zpopmax zpopmin zrem zremrangebylex
    zremrangebyrank zremrangebyscore
"""
_SEARCHES = """
    count exists field_caps get get_source knn_search mget msearch search scroll explain termvectors
    open_point_in_time
"""

TABLE: Table = {
    f"{CLIENT}(host, port, document_class, tz_aware, connect, type_registry, **kwargs)": MONGO,
    f"{CLIENT}.get_database(self, name, **kwargs)": returns(DATABASE),
    f"{CLIENT}.get_default_database(self, default, **kwargs)": returns(DATABASE),
    f"{CLIENT}.__getitem__(self, name)": returns(DATABASE),
    f"{CLIENT}.__getattr__(self, name)": returns(DATABASE),
    f"{CLIENT}.drop_database(self, name_or_database, session, comment)": effect(Sql(operation="drop")),
    f"{CLIENT}.bulk_write(self, models, **kwargs)": effect(Sql(operation="execute")),
    f"{CLIENT}.list_database_names(self, session, comment)": effect(Sql(operation="select")),
    f"{CLIENT}.list_databases(self, session, comment, **kwargs)": effect(Sql(operation="select")),
    f"{CLIENT}.server_info(self, session)": effect(Sql(operation="select")),
    f"{CLIENT}.watch(self, *args, **kwargs)": effect(Sql(operation="select")),
    f"{CLIENT}.start_session(self, **kwargs)": nothing(),
    f"{CLIENT}.close(self)": nothing(),
    f"{DATABASE}.get_collection(self, name, **kwargs)": returns(COLLECTION, "name"),
    f"{DATABASE}.__getitem__(self, name)": returns(COLLECTION, "name"),
    f"{DATABASE}.__getattr__(self, name)": returns(COLLECTION, "name"),
    f"{DATABASE}.with_options(self, **kwargs)": returns(DATABASE),
    f"{DATABASE}.create_collection(self, name, **kwargs)": effect(
        Sql(operation="create", table="name"), gives=COLLECTION, keeps=("name",)
    ),
    f"{DATABASE}.drop_collection(self, name_or_collection, session, comment, encrypted_fields)": effect(
        Sql(operation="drop", table="name_or_collection")
    ),
    f"{DATABASE}.list_collection_names(self, session, filter, comment, **kwargs)": effect(
        Sql(operation="select")
    ),
    f"{DATABASE}.list_collections(self, session, filter, comment, **kwargs)": effect(Sql(operation="select")),
    f"{DATABASE}.validate_collection(self, name_or_collection, **kwargs)": effect(
        Sql(operation="select", table="name_or_collection")
    ),
    f"{DATABASE}.aggregate(self, pipeline, **kwargs)": effect(Sql(operation="execute")),
    f"{DATABASE}.watch(self, *args, **kwargs)": effect(Sql(operation="select")),
    f"{DATABASE}.command(self, command, **kwargs)": effect(Sql(operation="execute")),
    f"{DATABASE}.cursor_command(self, command, **kwargs)": effect(Sql(operation="execute")),
    f"{COLLECTION}.__getattr__(self, part)": returns(COLLECTION, "part"),
    f"{COLLECTION}.__getitem__(self, part)": returns(COLLECTION, "part"),
    f"{COLLECTION}.with_options(self, **kwargs)": returns(COLLECTION),
    **{f"{COLLECTION}.{name}(self, *args, **kwargs)": _mongo("select") for name in _FINDS.split()},
    **{
        f"{COLLECTION}.{name}(self, *args, **kwargs)": _mongo(operation)
        for operation, names in _CHANGES.items()
        for name in names.split()
    },
    # Redis
    f"{REDIS}(host, port, db, password, *, unix_socket_path, connection_pool, username, ssl, **kwargs)": effect(
        Connects("unix_socket_path|connection_pool", "host", "port", "redis", default="localhost"),
        gives=REDIS,
    ),
    "redis.cluster.RedisCluster(host, port, *, startup_nodes, **kwargs)": effect(
        Connects(None, "host", "port", "redis", default="localhost"), gives=REDIS
    ),
    "redis.from_url(url, **kwargs)": effect(Connects("url"), gives=REDIS),
    f"{REDIS}.from_url(url, **kwargs)": effect(Connects("url"), gives=REDIS),
    "redis.cluster.RedisCluster.from_url(url, **kwargs)": effect(Connects("url"), gives=REDIS),
    "redis.ConnectionPool(connection_class, max_connections, *, host, port, **kwargs)": effect(
        Connects(None, "host", "port", "redis", default="localhost"), gives="redis.ConnectionPool"
    ),
    "redis.ConnectionPool.from_url(url, **kwargs)": effect(Connects("url"), gives="redis.ConnectionPool"),
    "redis.ConnectionPool.disconnect(self, inuse_connections)": nothing(),
    **_redis("select", _REDIS_READS),
    **_redis("update", _REDIS_WRITES),
    **_redis("delete", _REDIS_DELETES),
    **_redis("drop", "flushall flushdb"),
    f"{REDIS}.__getitem__(self, name)": effect(Sql(operation="select")),
    f"{REDIS}.pipeline(self, transaction, shard_hint)": returns(REDIS),
    f"{REDIS}.multi(self)": nothing(),
    f"{REDIS}.client(self)": returns(REDIS),
    f"{REDIS}.ping(self, **kwargs)": nothing(),
    f"{REDIS}.close(self)": nothing(),
    f"{REDIS}.aclose(self)": nothing(),
    f"{REDIS}.subscribe(self, *args, **kwargs)": effect(Sql(operation="select")),
    f"{REDIS}.listen(self)": nothing(),
    f"{REDIS}.get_message(self, *args, **kwargs)": nothing(),
    f"{REDIS}.execute(self, raise_on_error)": nothing(),
    f"{REDIS}.*(self, *args, **kwargs)": effect(Sql(operation="execute")),
    # Elasticsearch
    f"{ELASTIC}(hosts, *, cloud_id, basic_auth, api_key, **kwargs)": effect(
        Connects("hosts", None, None, "https", default="localhost"), gives=ELASTIC
    ),
    **{
        f"{ELASTIC}.{name}(self, *, index, **kwargs)": effect(Sql(operation="select", table="index"))
        for name in _SEARCHES.split()
    },
    f"{ELASTIC}.index(self, *, index, document, **kwargs)": effect(Sql(operation="insert", table="index")),
    f"{ELASTIC}.create(self, *, index, **kwargs)": effect(Sql(operation="insert", table="index")),
    f"{ELASTIC}.update(self, *, index, **kwargs)": effect(Sql(operation="update", table="index")),
    f"{ELASTIC}.update_by_query(self, *, index, **kwargs)": effect(Sql(operation="update", table="index")),
    f"{ELASTIC}.delete(self, *, index, **kwargs)": effect(Sql(operation="delete", table="index")),
    f"{ELASTIC}.delete_by_query(self, *, index, **kwargs)": effect(Sql(operation="delete", table="index")),
    f"{ELASTIC}.bulk(self, *, index, operations, **kwargs)": effect(Sql(operation="execute", table="index")),
    f"{ELASTIC}.ping(self, **kwargs)": nothing(),
    f"{ELASTIC}.close(self)": nothing(),
    "elasticsearch.Indices.create(self, *, index, **kwargs)": effect(Sql(operation="create", table="index")),
    "elasticsearch.Indices.delete(self, *, index, **kwargs)": effect(Sql(operation="drop", table="index")),
    "elasticsearch.Indices.exists(self, *, index, **kwargs)": effect(Sql(operation="select", table="index")),
    "elasticsearch.Indices.*(self, *, index, **kwargs)": effect(Sql(operation="execute", table="index")),
    "elasticsearch.helpers.bulk(client, actions, *args, **kwargs)": effect(
        Sql(operation="insert", destination="client.server")
    ),
    "elasticsearch.helpers.streaming_bulk(client, actions, *args, **kwargs)": effect(
        Sql(operation="insert", destination="client.server")
    ),
    "elasticsearch.helpers.scan(client, *args, **kwargs)": effect(
        Sql(operation="select", destination="client.server")
    ),
}

ATTRIBUTES: dict[str, str] = {
    f"{COLLECTION}.database": DATABASE,
    f"{DATABASE}.client": CLIENT,
    f"{ELASTIC}.indices": "elasticsearch.Indices",
}
