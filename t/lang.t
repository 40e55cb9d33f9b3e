#!/usr/bin/perl
# Transcript tier, no root: LANG (RFC 2640), and CLNT and CSID, by which a
# client says who it is.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->connect;

$c->expect($_, 200) for 'LANG', 'LANG EN', 'lang en';
$c->expect("LANG $_", 504) for 'de', 'FR-ch', 'x-klingon', 'en-GB';
$c->expect("LANG $_", 501) for '5', 'e n', '-', 'en-', 'toolongatag', "\xe4",
    'a' x 4000;
$c->expect('CLNT', 501);
$c->expect('CSID', 501);
$c->expect("CLNT Some client 1.0\e[31m", 200);
$c->expect('CSID Name=Other;Version=2;', 200, qr/^CaseSensitive=1; DirSep=\/;$/);
$c->login('alice');
$c->expect($_, 200) for 'LANG en', 'CLNT again', 'CSID Name=again;';
my @lines = $c->expect('FEAT', 211);
is((grep { $_ eq ' LANG EN*' } @lines), 1, 'FEAT names the language');
my $log = $c->log;
like($log, qr/client: the client is "Some client 1\.0\\x1b\[31m"/,
    'the log has the first name, made safe');
unlike($log, qr/the client is "(?:Name|again)/, 'and no other');
$c->quit;

# KEEPS: none of them takes REST back.
$server->file('file', '0123456789');
$c = $server->login('alice');
for my $line ('LANG', 'CLNT x', 'CSID x') {
	$c->expect('REST 5', 350);
	$c->expect($line, 200);
	is(($c->retr('file'))[0], '56789', "$line keeps REST");
}
$c->quit;
done_testing;
