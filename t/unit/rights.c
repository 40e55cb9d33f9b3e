/*
 * rights.c - unit tests of helpers/rights.c: every combination of directives
 * and kind of account against one sentence for each right.
 */
#include "config.h"

#include "helpers/rights.h"

#include "t/unit/unit.h"


/* One struct conf for each value of nine bits. */
static struct conf
make(unsigned bits)
{
	struct conf conf = { 0 };
	bool *fields[] = { &conf.write_enable, &conf.download_enable,
		&conf.dirlist_enable, &conf.anon_upload_enable,
		&conf.anon_mkdir_write_enable, &conf.anon_other_write_enable,
		&conf.virtual_use_local_privs, &conf.chmod_enable,
		&conf.mdtm_write };

	for (unsigned i = 0; i < LENGTH(fields); i++)
		*fields[i] = bits >> i & 1;
	return conf;
}
#define COMBINATIONS (1U << 9)

/* Without anon_ directives in the way: local, or virtual as told. */
static bool
is_free(const struct conf *c, enum wire_kind kind)
{
	return kind == WIRE_LOCAL ||
	    (kind == WIRE_VIRTUAL && c->virtual_use_local_privs);
}

static bool
expected(const struct conf *c, enum wire_kind kind, unsigned right)
{
	bool all = is_free(c, kind), other = c->anon_other_write_enable;

	switch (right) {
	case WIRE_MAY_DOWNLOAD:
		return c->download_enable;
	case WIRE_MAY_LIST:
		return c->dirlist_enable;
	case WIRE_MAY_UPLOAD:
		return c->write_enable && (all || c->anon_upload_enable);
	case WIRE_MAY_OVERWRITE:
		return c->write_enable &&
		    (all || (c->anon_upload_enable && other));
	case WIRE_MAY_MKDIR:
		return c->write_enable && (all || c->anon_mkdir_write_enable);
	case WIRE_MAY_DELETE:
		return c->write_enable && (all || other);
	case WIRE_MAY_CHMOD:
		return c->write_enable && all && c->chmod_enable;
	case WIRE_MAY_UTIME:
		return c->write_enable && c->mdtm_write && (all || other);
	case WIRE_IS_LIMITED:
		return !all;
	default:
		return false;
	}
}

static void
test_matrix(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < COMBINATIONS; bits++)
		for (int kind = WIRE_ANONYMOUS; kind <= WIRE_VIRTUAL; kind++) {
			struct conf conf = make(bits);
			unsigned got =
			    rights_of(&conf, (enum wire_kind)kind);

			for (unsigned i = 0; i < 32; i++)
				if ((got >> i & 1) !=
				    expected(&conf, (enum wire_kind)kind,
				        1U << i))
					fail_msg("directives 0x%x, kind %d, "
						 "right 0x%x: %d", bits, kind,
					    1U << i, got >> i & 1);
			assert_int_equal(
			    rights_limited(&conf, (enum wire_kind)kind),
			    !is_free(&conf, (enum wire_kind)kind));
		}
}

/* Who is refused is told of a directive that indeed says NO. */
static void
test_named_directive(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < COMBINATIONS; bits++)
		for (int kind = WIRE_ANONYMOUS; kind <= WIRE_VIRTUAL; kind++)
			for (unsigned i = 0; i < 8; i++) {
				struct conf conf = make(bits);
				const char *name = rights_refused_by(
				    &conf, (enum wire_kind)kind, 1U << i);

				if (!name || (1U << i == WIRE_MAY_CHMOD &&
				        kind == WIRE_ANONYMOUS))
					continue;
				if (*(bool *)((char *)&conf +
				        conf_find(name)->offset))
					fail_msg("directives 0x%x, kind %d, "
						 "right 0x%x: %s is YES",
					    bits, kind, 1U << i, name);
			}
}

/* What nothing was said about: reading, and nothing else. */
static void
test_defaults(void **state)
{
	struct conf conf;

	(void)state;
	assert_int_equal(conf_init(&conf), 0);
	for (int kind = WIRE_ANONYMOUS; kind <= WIRE_VIRTUAL; kind++)
		assert_int_equal(rights_of(&conf, (enum wire_kind)kind),
		    WIRE_MAY_DOWNLOAD | WIRE_MAY_LIST |
		        (kind == WIRE_LOCAL ? 0 : WIRE_IS_LIMITED));
	conf_done(&conf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matrix),
		cmocka_unit_test(test_named_directive),
		cmocka_unit_test(test_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
