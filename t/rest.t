#!/usr/bin/perl
# Transcript tier, no root: REST (RFC 3659 section 5).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new(conf => { ascii_download_enable => 'YES' });

$server->file('file', '0123456789');
my $c = $server->connect;
$c->expect('REST 5', 530);
$c->login('alice');
$c->expect('TYPE I', 200);
$c->expect("REST $_", 501) for '', 'x', '-1', '5x', '0x5', '5 6', '9223372036854775808',
    '99999999999999999999999';
$c->expect('REST 5', 350, qr/\b5\b/);
is(($c->retr('file'))[0], '56789', 'RETR from there');
is(($c->retr('file'))[0], '0123456789', 'REST holds once');
$c->expect('REST 10', 350);
is(($c->retr('file'))[0], '', 'the very end');
$c->expect('REST 11', 350);
is(($c->retr('file'))[1], 554, 'beyond the end');
is(($c->retr('file'))[0], '0123456789', 'and that was that');
$c->expect('REST 9223372036854775807', 350);
is(($c->retr('file'))[1], 554, 'the largest number there is');
$c->expect('REST 5', 350);
$c->expect('REST 0', 350);
is(($c->retr('file'))[0], '0123456789', 'REST 0');

# What may stand between REST and RETR, and what takes it back.
for my $between ('TYPE I', 'NOOP', 'STAT', 'SIZE file', 'MDTM file', 'PWD') {
	$c->expect('REST 5', 350);
	$c->cmd($between);
	is(($c->retr('file'))[0], '56789', "REST, $between, RETR");
}
for my $between ('CWD /', 'MKD new', 'RNFR file', 'ABOR') {
	$c->expect('REST 5', 350);
	$c->cmd($between);
	is(($c->retr('file'))[0], '0123456789', "$between takes REST back");
}

# A listing is a transfer, too, and a refused one as well.
$c->expect('REST 5', 350);
ok(($c->fetch('LIST'))[0], 'LIST after REST lists all');
is(($c->retr('file'))[0], '0123456789');
for my $refused ('RETR missing', 'RETR', 'STOR new/x/y') {
	$c->expect('REST 5', 350);
	$c->pasv;
	like(($c->cmd($refused))[0], qr/^5/, "$refused is refused");
	is(($c->retr('file'))[0], '0123456789', 'and REST does not outlive it');
}

# STOR: from there on the file is written over, what is behind stays.
$c->expect('REST 5', 350);
is(($c->stor('file', 'ab'))[0], 226);
is($server->content('file'), '01234ab789', 'STOR after REST');
for my $line ('STOR file', 'APPE file', 'STOR missing') {
	$c->expect('REST 12', 350);
	is(($c->send_file($line, 'Z'))[0], 554, "$line beyond the end");
	$c->expect('REST 12', 350);
	$c->pasv_port;
	$c->expect($line, 554, undef, 'and before the client connects');
}
is($server->content('file'), '01234ab789', 'makes no hole');
ok(!-e $server->data('missing'), 'and no file');
$c->expect('REST 10', 350);
is(($c->stor('file', "\0\0Z"))[0], 226, 'at the end it goes on');

# Where line ends are converted, octets on the way are not the file's.
$c->expect('TYPE A', 200);
$c->expect('REST 5', 350);
$server->file('lines', "ab\ncd\n");
is(($c->retr('lines'))[0], "d\r\n", 'counted as they are on the way');
is(($c->retr('lines'))[0], "ab\r\ncd\r\n", 'and that was that');
$c->expect('REST 13', 350);
is(($c->retr('lines'))[1], 554, 'beyond what there could be');
$c->expect('REST 5', 350);
is(($c->stor('file', 'x'))[0], 226, 'ascii_upload_enable=NO converts nothing');
is($server->content('file'), "01234xb789\0\0Z");
$c->expect('TYPE I', 200);
$c->expect('REST 5', 350);
is(($c->stor('file', 'a'))[0], 226);
$c->quit;

# A right that is missing, and the next transfer.
$c = $server->login('anonymous');
$c->expect('REST 5', 350);
$c->expect('STOR file', 550);
is(($c->retr('file'))[0], "01234ab789\0\0Z",
    'REST does not outlive a STOR without permission');
$c->quit;

# Resuming writes into a file that is there: anonymous may not.
$server = Inftpd::Test->new(conf => { write_enable => 'YES',
    anon_upload_enable => 'YES', anon_umask => '022' });
$server->file('file', '0123456789');
chmod 0666, $server->data('file');
$c = $server->login('anonymous');
$c->expect('REST 5', 350);
is(($c->stor('file', 'ab'))[0], 553, 'no resuming without the right');
$c->expect('REST 5', 350);
is(($c->stor('new', 'ab'))[0], 553, 'not even of a new file');
is($server->content('file'), '0123456789');
$c->quit;
done_testing;
