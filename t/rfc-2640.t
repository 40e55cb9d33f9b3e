#!/usr/bin/perl
# Transcript tier, no root: RFC 2640, names in UTF-8. Each test is a row of
# t/conformance/TABLE.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/conformance";

use Conformance;
use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

sub alice { return session($server, 'alice') }

# Is it the same name for every verb, and on disk?
sub round_trip {
	my ($c, $name) = @_;
	my $wire = $name =~ s/\xff/\xff\xff/gr;

	same(($c->stor($wire, $name))[0], 226, "STOR $wire");
	same($server->content($name), $name, 'on disk');
	same(($c->retr($wire))[0], $name, "RETR $wire");
	my ($list) = $c->list('NLST');
	holds((grep { $_ eq $name } @$list), "NLST: @$list");
	same((gives($c, "MLST $wire", 250))[1] =~ s/^ \S* //r, "/$wire", 'MLST');
	gives($c, "DELE $wire", 250);
	gives($c, "MKD $wire", 257, qr/^"\/\Q$wire\E"/);
	gives($c, "RMD $wire", 250);
}

requirement 'RFC 2640 3.2: FEAT has UTF8' => sub {
	my $c = alice();

	holds((grep { $_ eq ' UTF8' } gives($c, 'FEAT', 211)), 'FEAT');
};
requirement 'RFC 2640 3.1: names in UTF-8 pass unchanged' => sub {
	my $c = alice();

	round_trip($c, $_) for "\xc3\xa4\xc3\xb6", "\xe2\x82\xac",
	    "\xf0\x9f\x98\x80", "\xe6\x97\xa5\xe6\x9c\xac";
};
requirement 'RFC 2640 3.1: composed and decomposed letters are two names' => sub {
	my $c = alice();

	same(($c->stor("\xc3\xa4", 'one'))[0], 226, 'STOR');
	gives($c, "SIZE a\xcc\x88", 550);
	gives($c, "DELE \xc3\xa4", 250);
};
requirement 'RFC 2640 3.2: names that are no UTF-8 pass as bytes' => sub {
	my $c = alice();

	round_trip($c, $_) for "\xe4", "\x80\xfe", "\xc3";
};
requirement 'RFC 2640 3.1: a byte 255 is doubled on the control connection' => sub {
	round_trip(alice(), "a\xffb");
};
requirement 'RFC 2640 3.1: names may have blanks anywhere' => sub {
	my $c = alice();

	round_trip($c, $_) for ' a', 'a ', 'a  b';
};
not_done 'RFC 2640 3.1: CR NUL stands for a CR in a name',
    '501: no listing could tell such a name, which RFC 3659 2.2 has best avoided' => sub {
	gives(alice(), "MKD a\r\0b", 257);
};
requirement 'RFC 2640 4.1: LANG chooses a language that FEAT names' => sub {
	my $c = alice();

	gives($c, $_, 200) for 'LANG en', 'lang EN';
};
requirement 'RFC 2640 4.1: LANG without a language goes back to the default' => sub {
	gives(alice(), 'LANG', 200);
};
requirement 'RFC 2640 4.1: a language that is not done is 504' => sub {
	my $c = alice();

	gives($c, "LANG $_", 504) for 'fr', 'de-CH', 'en-US', 'i-klingon';
	gives($c, 'NOOP', 200);
};
requirement 'RFC 2640 4.1: what is no language tag is 501' => sub {
	my $c = alice();

	gives($c, "LANG $_", 501) for '1', 'en_US', 'en-', 'e n', 'abcdefghi';
};
requirement 'RFC 2640 4.1: LANG may come before the login' => sub {
	gives(session($server), 'LANG EN', 200);
};
requirement 'RFC 2640 4.3: FEAT names the languages, * behind the one in use' => sub {
	my $c = alice();

	same((grep { $_ eq ' LANG EN*' } gives($c, 'FEAT', 211)) + 0, 1, 'FEAT');
};

$server->done;
done_testing;
