#!/usr/bin/perl
# Transcript tier, no root: HELP, from the same table as the commands.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my @commands = map { [split /\t/] } Inftpd::Test->output('--list-commands');
my $c = $server->connect;
my @lines = $c->expect('HELP', 214);
my %shown = map { $_ => 1 } map { split } @lines[1 .. $#lines - 1];

cmp_ok(scalar @commands, '>', 40, 'the program lists its commands');
for my $command (@commands) {
	my ($verb, $argument, undef, $code) = @$command;

	if ($code && ($code ne 'hash_enable' || !Inftpd::Test::built('digest'))) {
		ok(!$shown{$verb}, "HELP leaves $verb out");
		$c->expect("HELP $verb", 502);
	} else {
		ok($shown{$verb}, "HELP names $verb");
		$c->expect("HELP $verb", 214,
		    'Syntax: ' . join ' ', grep { length } $verb, $argument);
	}
}
is((grep { length > 80 } @lines), 0, 'no line is longer than 80');
$c->expect('HELP retr', 214, 'Syntax: RETR <file>', 'in lower case');
$c->expect('HELP XYZZY', 502);
$c->login('alice');
@lines = $c->expect('HELP SITE', 214);
like("@lines", qr/\bCHMOD\b.*\bUMASK\b/s, 'HELP SITE lists its commands');
$c->expect('HELP SITE CHMOD', 214, 'Syntax: CHMOD <mode> <path>');
$c->quit;

# What is not allowed is not shown.
$server = Inftpd::Test->new(conf => { cmds_denied => 'DELE, rmd' });
$c = $server->connect;
@lines = $c->expect('HELP', 214);
unlike("@lines", qr/\b(DELE|RMD)\b/, 'cmds_denied: not shown');
like("@lines", qr/\bXRMD\b/, 'XRMD is another command');
$c->expect('HELP DELE', 502);
$c->quit;
done_testing;
