#include <jansson.h>

/* json_decref counts with an atomic builtin inside an inline function, which Swift cannot import. */
static inline void fleet_json_decref(json_t *json) { json_decref(json); }
